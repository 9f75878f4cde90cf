import type { EquipmentConfig, LineConfig, PlantConfig, ReasonConfig, StateMapping } from '@ms5/domain';
import { compileEscalation } from './compile-escalation.ts';
import type { Plant, ShdrConnectorConfig, UserConfig } from './plant.ts';
import type { PlantFile } from './schema.ts';
import { BREAKDOWN_REASON, BUILT_IN_MAPPINGS } from './state-mappings.ts';

/** A checked file → the plant the product runs on. */
export function compilePlant(file: PlantFile, source: string): Plant {
  return {
    config: compileConfig(file),
    connectors: file.connectors.map(compileConnector),
    users: file.users.map(({ password, email, ...user }): UserConfig => ({
      ...user,
      ...defined({ password, email }),
    })),
    source,
  };
}

function compileConfig(file: PlantFile): PlantConfig {
  const mappings = compileMappings(file);
  const lines: LineConfig[] = [];
  const equipment: EquipmentConfig[] = [];
  for (const area of file.areas) {
    for (const line of area.lines) {
      const path = `${area.id}/${line.id}`;
      const constraint = line.constraint ?? line.equipment[0]?.id ?? '';
      lines.push({
        path,
        areaId: area.id,
        areaName: area.name,
        lineId: line.id,
        name: line.name,
        equipment: line.equipment.map(({ id }) => `${path}/${id}`),
        constraint: `${path}/${constraint}`,
        shifts: line.shifts ?? [],
      });
      equipment.push(...line.equipment.map((item) => compileEquipment(item, path, mappings)));
    }
  }
  return {
    site: file.site,
    lines,
    equipment,
    products: file.products.map(({ id, name, idealCycle }) => ({
      id,
      name,
      idealCycleMs: idealCycle ?? null,
    })),
    shifts: file.shifts,
    reasons: compileReasons(file),
    escalation: compileEscalation(file),
  };
}

function compileEquipment(
  item: PlantFile['areas'][number]['lines'][number]['equipment'][number],
  line: string,
  mappings: ReadonlyMap<string, StateMapping>,
): EquipmentConfig {
  return {
    path: `${line}/${item.id}`,
    line,
    name: item.name,
    stateMapping: mappings.get(item.states) ?? {},
    minorStopMs: item.minorStop,
    silentAfterMs: item.silentAfter,
    latenessWindowMs: item.latenessWindow,
    unitsPerCount: item.unitsPerCount,
    ...defined({ counterRollsOverAt: item.counterRollsOverAt, maxPartsPerMinute: item.maxPartsPerMinute }),
    defaultProduct: item.product ?? null,
    assumeQuality: item.assumeQuality,
  };
}

function compileMappings(file: PlantFile): ReadonlyMap<string, StateMapping> {
  const mappings = new Map<string, StateMapping>(Object.entries(BUILT_IN_MAPPINGS));
  for (const [name, mapping] of Object.entries(file.stateMappings)) {
    mappings.set(
      name,
      Object.fromEntries(
        Object.entries(mapping).map(([raw, meaning]) => [
          raw,
          { state: meaning.state, ...('reason' in meaning ? defined({ reason: meaning.reason }) : {}) },
        ]),
      ),
    );
  }
  return mappings;
}

/** The built-in `packml` mapping names a reason, so a plant that uses the mapping has that reason. */
function compileReasons(file: PlantFile): readonly ReasonConfig[] {
  const usesPackml = file.areas.some((area) =>
    area.lines.some((line) => line.equipment.some(({ states }) => states === 'packml')),
  );
  const known = file.reasons.some(({ code }) => code === BREAKDOWN_REASON.code);
  return usesPackml && !known ? [...file.reasons, BREAKDOWN_REASON] : file.reasons;
}

function compileConnector(connector: PlantFile['connectors'][number]): ShdrConnectorConfig {
  const { endpoint, keys, ...rest } = connector;
  return { ...rest, ...parseEndpoint(endpoint), keys: defined(keys) };
}

/** `host:port` or `[v6]:port`, already checked. */
export function parseEndpoint(endpoint: string): { readonly host: string; readonly port: number } {
  const colon = endpoint.lastIndexOf(':');
  const host = endpoint.slice(0, colon).replace(/^\[|\]$/g, '');
  return { host, port: Number(endpoint.slice(colon + 1)) };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Drops fields that are `undefined`, which `exactOptionalPropertyTypes` tells from absent ones. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
}
