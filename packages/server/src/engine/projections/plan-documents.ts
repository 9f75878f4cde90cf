import {
  areaFigures,
  linePeriods,
  maintenanceStretch,
  type EngineState,
  type LinePath,
  type Maintenance,
  type PeriodFigures,
  type PlantConfig,
} from '@ms5/domain';
import type {
  MaintenanceDocument,
  PeriodDocument,
  PlanChangeDocument,
  RollUpDocument,
} from '@ms5/wire/factory';

/** What people changed of a line's plan, and its planned maintenance. */
export function planDocuments(
  state: EngineState,
  path: LinePath,
): {
  readonly plan: readonly PlanChangeDocument[];
  readonly maintenance: readonly MaintenanceDocument[];
} {
  const { planChanges = [], maintenances = [] } = state.lines[path] ?? {};
  return {
    plan: planChanges.map(({ id, change, from, to, note, by, at }) =>
      Object.assign({ id, change, from, to, by, at }, note === undefined ? null : { note }),
    ),
    maintenance: maintenances.map(maintenanceDocument),
  };
}

function maintenanceDocument(maintenance: Maintenance): MaintenanceDocument {
  const { line: _line, ...own } = maintenance;
  return { ...own, planned: maintenanceStretch(maintenance) };
}

/** Figures of a line by period. */
export function periodDocuments(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  at: number,
): readonly (readonly [key: string, document: PeriodDocument])[] {
  return linePeriods(state, config, path, at).map((period) => [
    `${period.kind}.${period.id}`,
    periodDocument(period),
  ]);
}

function periodDocument({
  kind,
  id,
  from,
  to,
  asOf,
  figures,
  closed,
  isPart,
}: PeriodFigures): PeriodDocument {
  const { availability, performance, quality, oee, interval, ratios, times, losses, flags } = figures;
  const { produced, good, scrap, rework } = figures.counts;
  return {
    kind,
    id,
    from,
    to,
    asOf,
    isPart,
    availability,
    performance,
    quality,
    oee,
    interval,
    ratios: { ...ratios },
    times,
    losses,
    counts: { produced, good, scrap, rework },
    flags,
    closed:
      closed === null
        ? null
        : {
            at: closed.closedAt,
            by: closed.by,
            figures: closed.figures,
            adjustments: closed.adjustments,
          },
  };
}

/** Figures of an area, or with `null` of the site. */
export function rollUpDocument(
  state: EngineState,
  config: PlantConfig,
  areaId: string | null,
  at: number,
): RollUpDocument {
  const { asOf, figures, counted, left } = areaFigures(state, config, areaId, at);
  const { availability, performance, quality, oee, interval, ratios, times, losses, coverage, flags } =
    figures;
  return {
    asOf: { at: asOf },
    availability: { value: availability },
    performance: { value: performance },
    quality: { value: quality },
    oee: { value: oee, ...interval },
    ratios: { ...ratios },
    times,
    losses,
    coverage,
    lines: { counted, left },
    flags: { codes: flags },
  };
}
