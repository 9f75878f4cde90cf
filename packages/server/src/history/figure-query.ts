import {
  calendarBuckets,
  rollUpReport,
  shiftBuckets,
  stateFromEvents,
  type Bucket,
  type Interval,
  type PlantConfig,
  type Scope,
} from '@ms5/domain';
import type { ClockTable } from './clock-table.ts';
import type { FigureStore, Piece } from './figure-store.ts';
import type { FigureBucket, FigureGroup, FigureRow } from './history-port.ts';
import type { AsOf, KnownEvents } from './known-events.ts';

export interface FigureRequest {
  readonly scopes: readonly Scope[];
  readonly window: Interval;
  readonly bucket: FigureBucket;
  readonly group: FigureGroup;
  readonly asOf: AsOf;
  readonly config: PlantConfig;
}

export interface FigureSources {
  readonly clock: ClockTable;
  readonly known: KnownEvents;
  readonly store: FigureStore;
  /** Runs of jobs on a line. */
  jobs(line: string, window: Interval, asOf: AsOf): readonly Bucket[];
}

interface Group {
  readonly row: Omit<FigureRow, 'figures'>;
  readonly pieces: Piece[];
}

/** Figures by stretch of time and by group: sums are added, never averaged. */
export function figureRows(sources: FigureSources, request: FigureRequest): readonly FigureRow[] {
  const groups = new Map<string, Group>();
  for (const scope of request.scopes) {
    const about = aboutOf(request, scope);
    if (about === undefined) continue;
    for (const bucket of bucketsOf(sources, request, about.line)) {
      const pieces = sources.store.pieces(scope, bucket, request.asOf);
      for (const [product, own] of byProduct(request.group, pieces)) {
        const row = { ...timeOf(request, bucket), ...labelOf(request.group, about, product) };
        const key = JSON.stringify([row.bucket ?? bucket.from, row.line, row.equipment, row.area, product]);
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { row, pieces: [...own] });
        else group.pieces.push(...own);
      }
    }
  }
  const rows: FigureRow[] = [];
  for (const { row, pieces } of groups.values()) rows.push({ ...row, figures: rollUpReport(pieces, 1) });
  return rows;
}

interface About {
  readonly line: string;
  readonly area: string;
  readonly equipment: string | undefined;
}

function aboutOf({ config }: FigureRequest, scope: Scope): About | undefined {
  const equipment = scope.kind === 'equipment' ? scope.path : undefined;
  const path =
    scope.kind === 'line' ? scope.path : config.equipment.find((each) => each.path === scope.path)?.line;
  const line = config.lines.find((each) => each.path === path);
  return line === undefined ? undefined : { line: line.path, area: line.areaId, equipment };
}

function bucketsOf(sources: FigureSources, request: FigureRequest, line: string): readonly Bucket[] {
  const { bucket, window, config, asOf } = request;
  switch (bucket) {
    case 'window':
      return [{ id: '', ...window }];
    case 'hour':
    case 'day':
    case 'week':
    case 'month':
      return calendarBuckets(config.site.timeZone, bucket, window);
    case 'shift': {
      const acts = sources.known.actsAround(line, window, asOf);
      return shiftBuckets(stateFromEvents(config, acts, asOf.at), config, line, window);
    }
    case 'job':
      break;
  }
  return sources.jobs(line, window, asOf);
}

function timeOf(
  { bucket }: FigureRequest,
  { id, from, to }: Bucket,
): { readonly from: number; readonly to: number; readonly bucket?: string } {
  return bucket === 'window' ? { from, to } : { from, to, bucket: id };
}

function labelOf(group: FigureGroup, { line, area, equipment }: About, product: string | null | undefined) {
  switch (group) {
    case 'site':
      return {};
    case 'area':
      return { area };
    case 'line':
      return { line };
    case 'equipment':
      return equipment === undefined ? { line } : { line, equipment };
    case 'product':
      break;
  }
  return { product: product ?? null };
}

/** The pieces by product where that is the group, else all together. */
function byProduct(
  group: FigureGroup,
  pieces: readonly Piece[],
): ReadonlyMap<string | null | undefined, readonly Piece[]> {
  if (group !== 'product') return new Map([[undefined, pieces]]);
  const found = new Map<string | null, Piece[]>();
  for (const piece of pieces) {
    const own = found.get(piece.product);
    if (own === undefined) found.set(piece.product, [piece]);
    else own.push(piece);
  }
  return found;
}
