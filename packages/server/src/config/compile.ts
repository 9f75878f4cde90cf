import { localInstant } from '@ms5/domain';
import type {
  EquipmentConfig,
  IdealCycleConfig,
  LineConfig,
  PlantConfig,
  PulseConfig,
  StateMapping,
} from '@ms5/domain';
import { compileDowntime, compileReasons } from './compile-downtime.ts';
import { compileEscalation } from './compile-escalation.ts';
import { compileCalendar } from './compile-calendar.ts';
import { compileDefects, compileLineWork } from './compile-work.ts';
import { defined } from './defined.ts';
import type { Plant, ShdrConnectorConfig, UserConfig } from './plant.ts';
import type { PlantFile } from './schema.ts';
import { BUILT_IN_MAPPINGS, BUILT_IN_MODES } from './state-mappings.ts';

type EquipmentItem = PlantFile['areas'][number]['lines'][number]['equipment'][number];

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
  const modes = modesCompiler(file);
  const { timeZone } = file.site;
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
        editWindowMs: line.editWindow,
        ...(line.oeeThresholds.length === 0 ? {} : { oeeThresholds: line.oeeThresholds }),
        ...constraintsOf(line.constraintByProduct, path),
        ...compileLineWork(line),
      });
      equipment.push(
        ...line.equipment.map((item) =>
          Object.assign(compileEquipment(item, path, mappings, timeZone), defined({ modes: modes(item) })),
        ),
      );
    }
  }
  return {
    site: file.site,
    lines,
    equipment,
    products: file.products.map(({ id, name, idealCycle }) => ({
      id,
      name,
      ...compileCycles(idealCycle, timeZone),
    })),
    ...compileCalendar(file),
    ...defined({ rollUpMinCoverage: file.rollUpMinCoverage }),
    reasons: compileReasons(file),
    ...(file.defects.length === 0 ? {} : { defects: compileDefects(file.defects) }),
    downtime: compileDowntime(file),
    escalation: compileEscalation(file),
  };
}

/** A machine that gives pulses is heard by them alone, so that without one it stands and is not silent. */
const SILENT_AFTER_MS = 60_000;

function compileEquipment(
  item: EquipmentItem,
  line: string,
  mappings: ReadonlyMap<string, StateMapping>,
  timeZone: string,
): EquipmentConfig {
  const idealCycles = Object.entries(item.idealCycles).map(([product, cycles]) =>
    Object.assign({ product }, compileCycles(cycles, timeZone)),
  );
  return {
    path: `${line}/${item.id}`,
    line,
    name: item.name,
    stateMapping: (item.states === undefined ? undefined : mappings.get(item.states)) ?? {},
    ...((item.packml ?? item.states === 'packml') ? { packml: true } : {}),
    ...(item.pulse === undefined ? {} : { pulse: compilePulse(item.pulse) }),
    minorStopMs: item.minorStop,
    silentAfterMs: item.silentAfter === undefined ? (item.pulse ? null : SILENT_AFTER_MS) : item.silentAfter,
    latenessWindowMs: item.latenessWindow,
    unitsPerCount: item.unitsPerCount,
    ...defined({ counterRollsOverAt: item.counterRollsOverAt, maxPartsPerMinute: item.maxPartsPerMinute }),
    defaultProduct: item.product ?? null,
    assumeQuality: item.assumeQuality,
    ...(idealCycles.length === 0 ? {} : { idealCycles }),
    ...(item.commissioning ? { commissioning: true } : {}),
  };
}

function compilePulse({
  stoppedAfterCycles,
  stoppedAfter,
  runsFrom,
}: NonNullable<EquipmentItem['pulse']>): PulseConfig {
  return { stoppedAfterCycles, runsFrom, ...defined({ stoppedAfterMs: stoppedAfter }) };
}

function constraintsOf(byProduct: Readonly<Record<string, string>>, line: string): Partial<LineConfig> {
  const entries = Object.entries(byProduct).map(([product, id]) => [product, `${line}/${id}`] as const);
  return entries.length === 0 ? {} : { constraintByProduct: Object.fromEntries(entries) };
}

type Cycles = NonNullable<PlantFile['products'][number]['idealCycle']>;

/** A date is the first instant of its local day. Before the first dated one the ideal is not known. */
function compileCycles(cycles: Cycles | undefined, timeZone: string): IdealCycleConfig {
  const first = cycles?.find(({ from }) => from === undefined);
  const laterCycles = (cycles ?? [])
    .flatMap(({ from, value }) =>
      from === undefined ? [] : [{ from: localInstant(from, '00:00', timeZone), idealCycleMs: value }],
    )
    .sort((a, b) => a.from - b.from);
  return { idealCycleMs: first?.value ?? null, ...(laterCycles.length === 0 ? {} : { laterCycles }) };
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

/** The modes of each equipment: by its own table, else that of its states, else by the names the machine gives. */
function modesCompiler(file: PlantFile): (item: EquipmentItem) => EquipmentConfig['modes'] {
  const mappings = new Map(Object.entries({ ...BUILT_IN_MODES, ...file.modeMappings }));
  const time = Object.fromEntries(
    Object.entries(file.modeTimes).flatMap(([mode, each]) =>
      each === 'state' ? [] : [[mode, each] as const],
    ),
  );
  const isTimed = Object.keys(time).length > 0;
  return ({ modes, states }) => {
    const mapping = mappings.get(modes ?? states ?? '') ?? {};
    return isTimed || Object.keys(mapping).length > 0 ? { mapping, time } : undefined;
  };
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
