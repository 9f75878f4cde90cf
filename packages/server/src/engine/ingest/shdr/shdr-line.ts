/** What one line of an SHDR adapter says (MTConnect adapter protocol). `at`: `null` when the line has no timestamp. */
export type ShdrItem =
  | ShdrData
  | {
      readonly kind: 'condition';
      readonly at: number | null;
      readonly key: string;
      readonly level: ConditionLevel;
      readonly nativeCode: string;
      readonly severity: string;
      readonly qualifier: string;
      readonly text: string;
    }
  /** An asset was changed or removed. Its time is that of the asset, often long past. */
  | {
      readonly kind: 'asset';
      readonly change: 'updated' | 'removed' | 'allRemoved';
      readonly at: number | null;
      /** Of `allRemoved`: the type removed, or empty. */
      readonly asset: string;
    }
  /** `* PONG 10000`: the adapter answers pings, and wants one each `intervalMs`. */
  | { readonly kind: 'pong'; readonly intervalMs: number | null }
  /** Any other `*` line. */
  | { readonly kind: 'comment'; readonly text: string }
  | ShdrRejected;

export interface ShdrData {
  readonly kind: 'data';
  readonly at: number | null;
  readonly pairs: readonly (readonly [key: string, value: string])[];
}

/** A line that cannot be used, and why. */
export interface ShdrRejected {
  readonly kind: 'rejected';
  readonly code: 'timestamp' | 'truncated' | 'noKey' | 'notSeparated' | 'asset' | 'unterminated' | 'tooLong';
  readonly message: string;
}

const CONDITION_LEVELS = ['NORMAL', 'WARNING', 'FAULT', 'UNAVAILABLE'] as const;
type ConditionLevel = (typeof CONDITION_LEVELS)[number];

/** ISO 8601, optionally followed by a duration (`@100.5`) as statistics carry it. Without a zone it is UTC. */
const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?(?:@\d+(?:\.\d+)?)?$/;

const EXCERPT_LENGTH = 80;

/** One line, without its end-of-line. Multi-line assets are put together by `createShdrParser`. */
export function parseShdrLine(line: string): ShdrItem {
  if (line.startsWith('*')) return parseCommandLine(line);
  if (!line.includes('|')) return rejected('notSeparated', 'expected timestamp|key|value…', line);
  const [stamp = '', ...fields] = splitFields(line);
  const at = parseTimestamp(stamp);
  if (at === undefined) {
    return rejected('timestamp', `expected an ISO 8601 timestamp, found "${excerpt(stamp)}"`, line);
  }
  if (fields[0]?.startsWith('@') === true && fields[0].endsWith('@')) return parseAsset(at, fields, line);
  return parseCondition(at, fields) ?? parseData(at, fields, line);
}

/** Ms since the epoch (finer digits are cut), `null` for an empty stamp, `undefined` for what is none. */
export function parseTimestamp(stamp: string): number | null | undefined {
  if (stamp === '') return null;
  const match = TIMESTAMP.exec(stamp);
  if (match === null) return undefined;
  const at = Date.parse(`${match[1]}${match[2] ?? 'Z'}`);
  return Number.isNaN(at) ? undefined : at;
}

function parseCommandLine(line: string): ShdrItem {
  const pong = /^\*\s*PONG(?:\s+(\d+))?\s*$/.exec(line);
  if (pong === null) return { kind: 'comment', text: line.slice(1).trim() };
  const intervalMs = Number(pong[1] ?? 0);
  return { kind: 'pong', intervalMs: intervalMs > 0 ? intervalMs : null };
}

function parseAsset(at: number | null, fields: readonly string[], line: string): ShdrItem {
  const [command = '', asset = ''] = fields;
  switch (command) {
    case '@ASSET@':
    case '@UPDATE_ASSET@':
      if (asset === '') return rejected('asset', `expected an asset id after ${command}`, line);
      return { kind: 'asset', change: 'updated', at, asset };
    case '@REMOVE_ASSET@':
      if (asset === '') return rejected('asset', `expected an asset id after ${command}`, line);
      return { kind: 'asset', change: 'removed', at, asset };
    case '@REMOVE_ALL_ASSETS@':
      return { kind: 'asset', change: 'allRemoved', at, asset };
    default:
      return rejected('asset', `expected an asset command, found "${excerpt(command)}"`, line);
  }
}

/**
 * `key|level|nativeCode|severity|qualifier|text`, alone on its line. Nothing marks a line as a condition: three
 * ordinary values may read `a|UNAVAILABLE|b|1|c|2`. There the qualifier's place holds a key, which a condition's
 * never does (HIGH, LOW or nothing).
 */
function parseCondition(at: number | null, fields: readonly string[]): ShdrItem | undefined {
  if (fields.length !== 6) return undefined;
  const [key = '', word = '', nativeCode = '', severity = '', qualifier = '', text = ''] = fields;
  const level = CONDITION_LEVELS.find((candidate) => candidate === word.toUpperCase());
  if (level === undefined || key === '' || !['', 'HIGH', 'LOW'].includes(qualifier)) return undefined;
  return { kind: 'condition', at, key, level, nativeCode, severity, qualifier, text };
}

function parseData(at: number | null, fields: readonly string[], line: string): ShdrItem {
  if (fields.length % 2 !== 0) {
    const last = excerpt(fields.at(-1) ?? '');
    return rejected('truncated', `expected pairs of key and value, found "${last}" without a value`, line);
  }
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const key = fields[index]?.trim() ?? '';
    if (key === '') return rejected('noKey', `expected a key as field ${index + 1}, found nothing`, line);
    pairs.push([key, fields[index + 1]?.trim() ?? '']);
  }
  return { kind: 'data', at, pairs };
}

/** A value in double quotes may hold `\|`; elsewhere every `|` separates. */
function splitFields(line: string): string[] {
  if (!line.includes(String.raw`\|`)) return line.split('|');
  return line.split(/(?<!\\)\|/).map((field) => {
    const quoted = /^"(.*)"$/s.exec(field);
    return quoted?.[1]?.replaceAll(String.raw`\|`, '|') ?? field;
  });
}

export function rejected(code: ShdrRejected['code'], message: string, line: string): ShdrRejected {
  return { kind: 'rejected', code, message: `${message} in "${excerpt(line)}"` };
}

/** Printable and short: garbage goes into logs and onto screens. */
function excerpt(text: string): string {
  const printable = text.slice(0, EXCERPT_LENGTH).replace(/[^\u0020-\u007e]/g, '?');
  return text.length > EXCERPT_LENGTH ? `${printable}…` : printable;
}
