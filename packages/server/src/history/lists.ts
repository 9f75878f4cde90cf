import { subjectDocument, type SubjectDocument } from '@ms5/domain';
import type { Json } from '@ms5/wire';
import type { Database } from 'better-sqlite3';
import type { ActRow, EventRow, HistoryQuery, Page, SubjectRow } from './history-port.ts';
import type { AsOf, KnownEvents } from './known-events.ts';
import type { Names } from './names.ts';

type Request<Kind extends HistoryQuery['kind']> = Extract<HistoryQuery, { kind: Kind }>;

export interface Lists {
  subjects(request: Request<'subjects'>, asOf: AsOf): Page<SubjectRow>;
  events(request: Request<'events'>, asOf: AsOf): Page<EventRow>;
  acts(request: Request<'acts'>, asOf: AsOf): Page<ActRow>;
}

interface EventRecord {
  readonly offset: number;
  readonly place: number;
  readonly type: number;
  readonly from_at: number;
  readonly line: number | null;
  readonly equipment: number | null;
  readonly author: string | null;
  readonly data: string;
}

interface ActRecord {
  readonly offset: number;
  readonly at: number;
  readonly author: string;
  readonly command: string;
  readonly line: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly data: string;
}

/** Rows looked at for one page: a filter that matches little answers a short page and where to go on. */
const LOOKED_AT = 20_000;

export function createLists(database: Database, names: Names, known: KnownEvents): Lists {
  const statements = prepareStatements(database);

  const lineIds = (lines: readonly string[]): string =>
    JSON.stringify(lines.map((line) => names.find(line)).filter((id) => id !== undefined));

  return {
    subjects(request, asOf) {
      const { subject: kind, id, status, from, to, limit } = request;
      const cursor = cursorOf(request.after, from - 1);
      const rows: SubjectRow[] = [];
      let next: string | null = null;
      const found = statements.subjects.all({
        kind,
        lines: lineIds(request.lines),
        at: cursor[0],
        id: cursor[1],
        from,
        to,
        only: id ?? null,
        offset: asOf.offset,
        limit: LOOKED_AT,
      });
      for (const [index, row] of found.entries()) {
        const document = subjectDocument({ kind, id: row.id }, known.ofSubject(kind, row.id, asOf.offset));
        if (document === null || !isWanted(document, request, status)) continue;
        rows.push(documentRow(document, row.line === null ? undefined : names.nameOf(row.line)));
        if (rows.length === limit && index + 1 < found.length) {
          next = cursorText(row.from_at, row.id);
          break;
        }
      }
      return { rows, next };
    },
    events({ lines, equipment, types, prefixes, from, to, after, limit }, asOf) {
      const cursor = cursorOf(after, 0);
      const wanted =
        prefixes === undefined
          ? (types?.map((type) => names.find(type)).filter((type) => type !== undefined) ?? null)
          : names.beginningWith(prefixes);
      const found = statements.events.all({
        offset: cursor[0],
        place: Number(cursor[1] === '' ? -1 : cursor[1]),
        newest: asOf.offset,
        lines: lineIds(lines),
        equipment: equipment === undefined ? null : (names.find(equipment) ?? -1),
        types: wanted === null ? null : JSON.stringify(wanted),
        from,
        to,
        limit: limit + 1,
      });
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      const more = found.length > limit && last !== undefined;
      return {
        rows: rows.map((row) => eventRow(row, names)),
        next: more ? cursorText(last.offset, String(last.place)) : null,
      };
    },
    acts({ lines, author, from, to, after, limit }, asOf) {
      const cursor = cursorOf(after, 0);
      const found = statements.acts.all({
        offset: cursor[0],
        newest: asOf.offset,
        lines: JSON.stringify(lines),
        lineIds: lineIds(lines),
        author: author ?? null,
        from,
        to,
        limit: limit + 1,
      });
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      return {
        rows: rows.map(actRow),
        next: found.length > limit && last !== undefined ? cursorText(last.offset, '') : null,
      };
    },
  };
}

function isWanted(
  { from, to, status, members }: SubjectDocument,
  request: Request<'subjects'>,
  wanted: string | undefined,
): boolean {
  if (wanted !== undefined && status !== wanted) return false;
  if (request.equipment !== undefined && members['equipment'] !== request.equipment) return false;
  if (request.severity !== undefined && members['severity'] !== request.severity) return false;
  if (request.code !== undefined && !fitsCode(request.code, members['code'])) return false;
  return from < request.to && (to ?? Infinity) >= request.from;
}

function fitsCode(wanted: string, code: unknown): boolean {
  return wanted.endsWith('*')
    ? typeof code === 'string' && code.startsWith(wanted.slice(0, -1))
    : code === wanted;
}

function documentRow(document: SubjectDocument, line: string | undefined): SubjectRow {
  const { members, id, status, from, to, acts } = document;
  // Where a line is known it is the subject's own.
  return {
    ...members,
    ...(line === undefined ? {} : { line }),
    id,
    status,
    from,
    to,
    acts,
  };
}

function eventRow(row: EventRecord, names: Names): EventRow {
  const event = JSON.parse(row.data) as { readonly at?: number };
  return {
    offset: row.offset,
    place: row.place,
    at: event.at ?? row.from_at,
    type: names.nameOf(row.type),
    ...(row.line === null ? {} : { line: names.nameOf(row.line) }),
    ...(row.equipment === null ? {} : { equipment: names.nameOf(row.equipment) }),
    ...(row.author === null ? {} : { author: row.author }),
    event,
  };
}

function actRow({ offset, at, author, command, line, status, reason, data }: ActRecord): ActRow {
  return {
    offset,
    at,
    author,
    command,
    ...(line === null ? {} : { line }),
    status,
    ...(reason === null ? {} : { reason }),
    data: JSON.parse(data) as Json,
  };
}

/** `{number}.{text}` of the last row of the page before. */
function cursorOf(after: string | undefined, start: number): readonly [at: number, id: string] {
  if (after === undefined) return [start, ''];
  const text = Buffer.from(after, 'base64url').toString();
  const dot = text.indexOf('.');
  const at = Number(text.slice(0, dot));
  return Number.isSafeInteger(at) && dot > 0 ? [at, text.slice(dot + 1)] : [start, ''];
}

function cursorText(at: number, id: string): string {
  return Buffer.from(`${at}.${id}`).toString('base64url');
}

function prepareStatements(database: Database) {
  return {
    // What began before the window and went on into it is found by its last instant.
    subjects: database.prepare<
      {
        kind: string;
        lines: string;
        at: number;
        id: string;
        from: number;
        to: number;
        only: string | null;
        offset: number;
        limit: number;
      },
      { id: string; line: number | null; from_at: number }
    >(
      `SELECT id, line, from_at FROM subjects
       WHERE kind = @kind AND line IN (SELECT value FROM json_each(@lines)) AND first_offset <= @offset
         AND (@id = '' OR (from_at, id) > (@at, @id)) AND from_at < @to
         AND (@only IS NULL OR id = @only)
       ORDER BY from_at, id LIMIT @limit`,
    ),
    events: database.prepare<
      {
        offset: number;
        place: number;
        newest: number;
        lines: string;
        equipment: number | null;
        types: string | null;
        from: number;
        to: number;
        limit: number;
      },
      EventRecord
    >(
      `SELECT "offset", place, type, from_at, line, equipment, author, data FROM events
       WHERE ("offset", place) > (@offset, @place) AND "offset" <= @newest
         AND line IN (SELECT value FROM json_each(@lines))
         AND (@equipment IS NULL OR equipment = @equipment)
         AND (@types IS NULL OR type IN (SELECT value FROM json_each(@types)))
         AND from_at < @to AND to_at >= @from
       ORDER BY "offset", place LIMIT @limit`,
    ),
    acts: database.prepare<
      {
        offset: number;
        newest: number;
        lines: string;
        lineIds: string;
        author: string | null;
        from: number;
        to: number;
        limit: number;
      },
      ActRecord
    >(
      `SELECT "offset", at, author, command, line, status, reason, data FROM acts
       WHERE "offset" > @offset AND "offset" <= @newest AND at >= @from AND at < @to
         AND (line IN (SELECT value FROM json_each(@lines))
           OR (line IS NULL AND EXISTS (
             SELECT 1 FROM events WHERE events."offset" = acts."offset"
               AND events.line IN (SELECT value FROM json_each(@lineIds)))))
         AND (@author IS NULL OR author = @author)
       ORDER BY "offset" LIMIT @limit`,
    ),
  };
}
