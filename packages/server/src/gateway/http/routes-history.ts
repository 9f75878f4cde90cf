import type { Identity } from '@ms5/hub';
import { topicMatcher } from '@ms5/wire';
import type { PlantDescription } from '@ms5/wire/factory';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { EnginePort } from '../../engine-port.ts';
import type {
  AsOfRequest,
  HistoryAnswers,
  HistoryPort,
  HistoryQuery,
  HistoryReply,
  Selection,
} from '../../history/history-port.ts';
import { identityOf } from './bearer.ts';
import { parseInstant } from './body.ts';
import { csvOf } from './csv.ts';
import { FAMILY_ROUTES, HISTORY_ROUTES, SUBJECT_ROUTES } from './history-api.ts';
import {
  AlarmsQuery,
  AuditQuery,
  ComparisonQuery,
  EventsQuery,
  ExplanationQuery,
  FamilyQuery,
  FiguresQuery,
  SubjectsQuery,
  TelemetryNamesQuery,
  TelemetryQuery,
  TimelineQuery,
} from './history-schemas.ts';
import { HttpProblem } from './problem.ts';

export interface HistoryRoutes {
  readonly engine: EnginePort;
  readonly siteId: string;
  /** `undefined`: this server keeps none. */
  readonly history: HistoryPort | undefined;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
type Done<Value> = Extract<HistoryReply<Value>, { status: 'done' }>;

/** Everything that looks back; documented in `GET /api/v1/openapi.json`. */
export function registerHistory(app: FastifyInstance, routes: HistoryRoutes): void {
  const handlers = handlersOf(routes);
  for (const { url, csv } of HISTORY_ROUTES) {
    const handler = handlers[url];
    if (handler === undefined) throw new Error(`nothing answers ${url}`);
    app.route({ method: 'GET', url, handler });
    if (csv) app.route({ method: 'GET', url: `${url}.csv`, handler });
  }
}

function handlersOf(routes: HistoryRoutes): Readonly<Record<string, Handler>> {
  const { engine, siteId } = routes;

  const ask = async <Kind extends HistoryQuery['kind']>(
    query: Extract<HistoryQuery, { kind: Kind }>,
  ): Promise<Done<HistoryAnswers[Kind]>> => {
    if (routes.history === undefined) throw new HttpProblem('historyOff');
    const reply = await routes.history.query(query, engine.head()).catch((error: unknown) => {
      throw new HttpProblem('historyFailed', { retryAfterMs: 5000, headers: {}, message: messageOf(error) });
    });
    if (reply.status === 'done') return reply;
    const { status, message, path } = reply;
    throw new HttpProblem(status === 'notFound' ? 'notFound' : 'invalidQuery', {
      message,
      ...(path === undefined ? {} : { path }),
    });
  };

  const plant = async (): Promise<PlantDescription> => {
    const reply = await engine.query({ kind: 'plant' });
    if (reply.status !== 'done') throw new HttpProblem('notFound', { message: reply.message });
    return reply.value as unknown as PlantDescription;
  };

  const rowsAnswer = (
    request: FastifyRequest,
    reply: FastifyReply,
    found: Done<readonly unknown[]>,
  ): unknown => answerFound(request, reply, found, { rows: found.value }, found.value);

  const pageAnswer = (
    request: FastifyRequest,
    reply: FastifyReply,
    found: Done<{ readonly rows: readonly unknown[]; readonly next: string | null }>,
  ): unknown => {
    const { value } = found;
    if (value.next !== null) reply.header('Link', `<${nextAddress(request, value.next)}>; rel="next"`);
    return answerFound(request, reply, found, value, value.rows);
  };

  const selected = async (
    request: FastifyRequest,
    query: {
      readonly line?: string | readonly string[] | undefined;
      readonly equipment?: string | undefined;
      readonly from?: string | undefined;
      readonly to?: string | undefined;
      readonly asOf?: string | undefined;
    },
  ): Promise<Selection> => {
    const lines = linesOf(await plant());
    const { from, to } = windowOf(query);
    const { equipment, asOf } = query;
    const asked = equipment === undefined ? query.line : lineOfEquipment(lines, equipment);
    return {
      lines: permittedLines(identityOf(request), siteId, lines, asked),
      from,
      to,
      ...(equipment === undefined ? {} : { equipment }),
      ...(asOf === undefined ? {} : { asOf: parseAsOf(asOf) }),
    };
  };

  const subjects =
    (subject: Extract<HistoryQuery, { kind: 'subjects' }>['subject']): Handler =>
    async (request, reply) => {
      const query: z.infer<typeof AlarmsQuery> =
        subject === 'alarm'
          ? parseQuery(AlarmsQuery, request.query)
          : parseQuery(SubjectsQuery, request.query);
      const { id, status, code, severity, after, limit } = query;
      const selection = await selected(request, query);
      const found = await ask<'subjects'>({
        kind: 'subjects',
        subject,
        ...selection,
        ...given({ id, status, code, severity, after }),
        limit,
      });
      return pageAnswer(request, reply, found);
    };

  const events =
    (schema: typeof EventsQuery | typeof FamilyQuery, prefixes?: readonly string[]): Handler =>
    async (request, reply) => {
      const query = parseQuery(schema, request.query);
      const types = 'type' in query && query.type !== undefined ? [query.type].flat() : undefined;
      const selection = await selected(request, query);
      const found = await ask<'events'>({
        kind: 'events',
        ...selection,
        ...given({ types, prefixes, after: query.after }),
        limit: query.limit,
      });
      return pageAnswer(request, reply, found);
    };

  return {
    '/api/v1/lines': async (request, reply) => {
      const lines = linesOf(await plant());
      const seen = new Set(permittedLines(identityOf(request), siteId, lines, undefined));
      const rows = lines.filter(({ path }) => seen.has(path));
      return answer(request, reply, '', { rows }, rows);
    },
    '/api/v1/equipment': async (request, reply) => {
      const described = await plant();
      const seen = new Set(permittedLines(identityOf(request), siteId, linesOf(described), undefined));
      const rows = equipmentRows(described).filter(({ line }) => seen.has(line));
      return answer(request, reply, '', { rows }, rows);
    },
    '/api/v1/timelines': async (request, reply) => {
      const query = parseQuery(TimelineQuery, request.query);
      const selection = await selected(request, query);
      const found = await ask<'timeline'>({ kind: 'timeline', ...selection, equipment: query.equipment });
      const value = found.value as unknown as { readonly intervals: readonly unknown[] };
      return answerFound(request, reply, found, value, value.intervals);
    },
    '/api/v1/oee': async (request, reply) => {
      const query = parseQuery(FiguresQuery, request.query);
      const { bucket, group } = query;
      const selection = await selected(request, query);
      return rowsAnswer(
        request,
        reply,
        await ask<'figures'>({ kind: 'figures', bucket, group, ...selection }),
      );
    },
    '/api/v1/oee/comparison': async (request, reply) => {
      const query = parseQuery(ComparisonQuery, request.query);
      const selection = await selected(request, query);
      const asOf = parseAsOf(query.asOf);
      const found = await ask<'comparison'>({ kind: 'comparison', ...selection, asOf });
      return answerFound(request, reply, found, found.value);
    },
    '/api/v1/explain': async (request, reply) => {
      const query = parseQuery(ExplanationQuery, request.query);
      if ((query.line === undefined) === (query.equipment === undefined))
        throw new HttpProblem('invalidQuery', { path: 'line', message: 'Name one line, or one equipment.' });
      const selection = await selected(request, query);
      const found = await ask<'explanation'>({ kind: 'explanation', ...selection, limit: query.limit });
      return answerFound(request, reply, found, found.value);
    },
    ...Object.fromEntries(Object.entries(SUBJECT_ROUTES).map(([url, kind]) => [url, subjects(kind)])),
    ...Object.fromEntries(
      Object.entries(FAMILY_ROUTES).map(([url, prefixes]) => [url, events(FamilyQuery, prefixes)]),
    ),
    '/api/v1/events': events(EventsQuery),
    '/api/v1/audit': async (request, reply) => {
      const query = parseQuery(AuditQuery, request.query);
      const { author, after, limit } = query;
      const selection = await selected(request, query);
      return pageAnswer(
        request,
        reply,
        await ask<'acts'>({ kind: 'acts', ...selection, ...given({ author, after }), limit }),
      );
    },
    '/api/v1/telemetry': async (request, reply) => {
      const query = parseQuery(TelemetryQuery, request.query);
      const { equipment, from, to } = { ...(await selected(request, query)), equipment: query.equipment };
      return rowsAnswer(
        request,
        reply,
        await ask<'telemetry'>({ kind: 'telemetry', equipment, name: query.name, from, to }),
      );
    },
    '/api/v1/telemetry/names': async (request, reply) => {
      const { equipment } = parseQuery(TelemetryNamesQuery, request.query);
      permittedLines(
        identityOf(request),
        siteId,
        linesOf(await plant()),
        lineOfEquipment(linesOf(await plant()), equipment),
      );
      return rowsAnswer(request, reply, await ask<'telemetryNames'>({ kind: 'telemetryNames', equipment }));
    },
  };
}

/** As `answer`, with what history knew it by. */
function answerFound(
  request: FastifyRequest,
  reply: FastifyReply,
  { asOf, behind, version }: Done<unknown>,
  value: object,
  rows?: readonly unknown[],
): unknown {
  // One that was behind is another answer, also where nothing that was missing bears on it.
  const own = version === '' || behind === 0 ? version : `${version}-${asOf.offset}`;
  return answer(request, reply, own, { asOf, behind, ...value }, rows);
}

/** What is undefined is left out. */
function given<Members extends object>(
  members: Members,
): { [Key in keyof Members]?: Exclude<Members[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Members]?: Exclude<Members[Key], undefined>;
  };
}

function messageOf(error: unknown): string {
  return `History cannot answer: ${error instanceof Error ? error.message : String(error)}.`;
}

/** Sends JSON or CSV, or 304 when the client has this version. */
function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  version: string,
  value: unknown,
  rows?: readonly unknown[],
): unknown {
  const isCsv = rows !== undefined && wantsCsv(request);
  reply.header('Vary', 'Accept, Authorization');
  if (version !== '') {
    const identity = identityOf(request).permissions.subscribe.join('\n');
    const content = [request.url, isCsv, version, identity].join('\0');
    const tag = `W/"${version}-${createHash('sha256').update(content).digest('base64url').slice(0, 16)}"`;
    reply.header('ETag', tag);
    if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  }
  if (!isCsv) return value;
  return reply.header('Content-Type', 'text/csv; charset=utf-8; header=present').send(csvOf(rows));
}

function wantsCsv(request: FastifyRequest): boolean {
  const [address = ''] = request.url.split('?', 1);
  if (address.endsWith('.csv')) return true;
  const { format } = request.query as { format?: unknown };
  if (format !== undefined) return format === 'csv';
  return request.headers.accept?.includes('text/csv') === true;
}

function nextAddress(request: FastifyRequest, next: string): string {
  const [address = '', query = ''] = request.url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('after', next);
  return `${address}?${parameters.toString()}`;
}

function parseQuery<Schema extends z.ZodType>(schema: Schema, given: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.map(String).join('.');
  throw new HttpProblem('invalidQuery', {
    message: `Query parameter "${path ?? ''}": ${issue?.code === 'unrecognized_keys' ? 'there is no such parameter' : (issue?.message ?? 'not usable')}.`,
    ...(path === undefined ? {} : { path }),
  });
}

/** Where neither end is named: all time. */
function windowOf({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }): {
  readonly from: number;
  readonly to: number;
} {
  const window = {
    from: from === undefined ? 0 : parseInstant(from, 'from'),
    to: to === undefined ? LATEST : parseInstant(to, 'to'),
  };
  if (window.to > window.from) return window;
  throw new HttpProblem('invalidQuery', { path: 'to', message: '"to" must be after "from".' });
}

/** The largest instant there is. */
const LATEST = 8_640_000_000_000_000;

/** `#1234`: an offset of the log; else an instant. */
function parseAsOf(text: string): AsOfRequest {
  const offset = /^#(\d{1,15})$/.exec(text)?.[1];
  return offset === undefined ? { at: parseInstant(text, 'asOf') } : { offset: Number(offset) };
}

interface LineRow {
  readonly path: string;
  readonly name: string;
  readonly area: string;
  readonly areaName: string;
  readonly constraint: string;
  readonly equipment: readonly string[];
}

function linesOf({ areas }: PlantDescription): readonly LineRow[] {
  return areas.flatMap((area) =>
    area.lines.map((line) => ({
      path: `${area.id}/${line.id}`,
      name: line.name,
      area: area.id,
      areaName: area.name,
      constraint: line.constraint,
      equipment: line.equipment.map(({ id }) => `${area.id}/${line.id}/${id}`),
    })),
  );
}

function equipmentRows({ areas }: PlantDescription) {
  return areas.flatMap((area) =>
    area.lines.flatMap((line) =>
      line.equipment.map(({ id, name }) => ({
        path: `${area.id}/${line.id}/${id}`,
        name,
        line: `${area.id}/${line.id}`,
        isConstraint: id === line.constraint,
      })),
    ),
  );
}

function lineOfEquipment(lines: readonly LineRow[], path: string): string {
  const found = lines.find(({ equipment }) => equipment.includes(path));
  if (found === undefined) throw new HttpProblem('notFound', { message: `There is no equipment "${path}".` });
  return found.path;
}

/** Whoever may read a line's events may read its past. Lines asked for by name are refused, others left out. */
function permittedLines(
  { permissions }: Identity,
  siteId: string,
  lines: readonly LineRow[],
  asked: string | readonly string[] | undefined,
): readonly string[] {
  const isPermitted = topicMatcher(permissions.subscribe);
  const maySee = (path: string): boolean => isPermitted(`${siteId}/${path}/events`);
  if (asked === undefined) {
    const seen = lines.map(({ path }) => path).filter(maySee);
    if (seen.length > 0 || lines.length === 0) return seen;
    throw new HttpProblem('forbidden', { message: 'The roles of this user allow reading no line.' });
  }
  for (const path of [asked].flat()) {
    // Who may not see a line is not told whether it exists.
    if (!maySee(path))
      throw new HttpProblem('forbidden', {
        message: `The roles of this user do not allow reading "${path}".`,
      });
    if (!lines.some((line) => line.path === path))
      throw new HttpProblem('notFound', { message: `There is no line "${path}".` });
  }
  return [asked].flat();
}
