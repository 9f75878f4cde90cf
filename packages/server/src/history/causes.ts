import type { Interval, RollUpReport } from '@ms5/domain';
import type { Database } from 'better-sqlite3';
import type { ClockTable } from './clock-table.ts';
import type { Cause, CauseKind } from './history-port.ts';
import type { AsOf } from './known-events.ts';
import type { Names } from './names.ts';
import { BEARING } from './write-entry.ts';

/** Events named per kind of cause; the rest is counted. */
const EXAMPLES = 20;

interface ChangeRow {
  readonly offset: number;
  readonly place: number;
  readonly type: number;
  readonly from_at: number;
  readonly to_at: number;
  readonly equipment: number | null;
  readonly author: string | null;
  readonly bearing: number;
  readonly subject_from: number | null;
  readonly subject_to: number | null;
}

export interface Causes {
  /** What became known between two positions that bears on a window of these lines. */
  between(lines: readonly string[], window: Interval, then: AsOf, now: AsOf): readonly Cause[];
}

export function createCauses(database: Database, names: Names, clock: ClockTable): Causes {
  const changes = database.prepare<[number, number, string], ChangeRow>(
    `SELECT events."offset", place, type, events.from_at, events.to_at, equipment, author, bearing,
       subjects.from_at AS subject_from, subjects.to_at AS subject_to
     FROM events LEFT JOIN subjects ON subjects.kind = events.kind AND subjects.id = events.subject
     WHERE events."offset" > ? AND events."offset" <= ? AND bearing > 0
       AND events.line IN (SELECT value FROM json_each(?))
     ORDER BY events."offset", place`,
  );
  return {
    between(lines, window, then, now) {
      const ids = lines.map((line) => names.find(line)).filter((id) => id !== undefined);
      const found = new Map<CauseKind, Map<string, Cause['events'][number]>>();
      const add = (kind: CauseKind, key: string, event: Cause['events'][number]): void => {
        const own = found.get(kind) ?? new Map<string, Cause['events'][number]>();
        if (!own.has(key)) own.set(key, event);
        found.set(kind, own);
      };
      for (const row of changes.iterate(then.offset, now.offset, JSON.stringify(ids))) {
        const kind = kindOf(row, then);
        const { from, to } = extentOf(row);
        if (kind === null || to < window.from || from > window.to) continue;
        const { offset, author } = row;
        // What one observation or one act made true is one cause.
        const key = kind === 'edits' ? String(offset) : `${offset}/${String(row.equipment)}/${row.from_at}`;
        const type = names.nameOf(row.type);
        add(kind, key, { offset, at: row.from_at, type, ...(author === null ? {} : { author }) });
      }
      for (const { offset, at } of clock.configurations(now))
        if (offset > then.offset && at < window.to + SHIFT_MS)
          add('configuration', String(offset), { offset, at, type: 'configLoaded' });
      return KINDS.flatMap((kind) => {
        const events = [...(found.get(kind)?.values() ?? [])];
        return events.length === 0 ? [] : [{ kind, count: events.length, events: events.slice(0, EXAMPLES) }];
      });
    },
  };
}

const KINDS = [
  'lateObservations',
  'observations',
  'edits',
  'configuration',
] as const satisfies readonly CauseKind[];

/** A configuration reaches back to the start of the shift it was loaded in. */
const SHIFT_MS = 26 * 3_600_000;

/** `null`: a consequence of something else, which is named itself. */
function kindOf({ author, bearing, from_at }: ChangeRow, then: AsOf): CauseKind | null {
  if (author !== null) return 'edits';
  if (bearing !== BEARING.fact) return null;
  return from_at <= then.at ? 'lateObservations' : 'observations';
}

function extentOf(row: ChangeRow): Interval {
  return {
    from: Math.min(row.from_at, row.subject_from ?? row.from_at),
    to: Math.max(row.to_at, row.subject_to ?? row.to_at),
  };
}

const WORDS: Readonly<Record<CauseKind, readonly [one: string, many: string]>> = {
  lateObservations: ['late observation', 'late observations'],
  observations: ['observation since', 'observations since'],
  edits: ['edit', 'edits'],
  configuration: ['change of the configuration', 'changes of the configuration'],
};

/** `78.2 % then, 76.9 % now, because of 3 late observations and 1 edit`. */
export function differenceText(then: RollUpReport, now: RollUpReport, causes: readonly Cause[]): string {
  const parts = causes.map(({ kind, count }) => `${count} ${WORDS[kind][count === 1 ? 0 : 1]}`);
  const last = parts.pop();
  const because =
    last === undefined
      ? 'nothing became known since'
      : `because of ${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`}`;
  return `${percent(then)} then, ${percent(now)} now, ${because}`;
}

function percent({ oee, why }: RollUpReport): string {
  return oee === null ? `not known (${why['oee'] ?? 'noFigure'})` : `${(oee * 100).toFixed(1)} %`;
}
