import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import type { PlantProblem } from './problems.ts';

export type PathPart = string | number;
export type Path = readonly PathPart[];

/** A parsed YAML text that knows where each value stands. */
export interface YamlSource {
  readonly value: unknown;
  readonly problems: readonly PlantProblem[];
  /** A problem with the value at `path`, or where it is absent with the nearest parent that exists. */
  problem(path: Path, expected: string, found?: string): PlantProblem;
  /** A problem with the key itself. */
  keyProblem(path: Path, expected: string, found: string): PlantProblem;
}

export function parseYamlSource(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (path: Path, offset: number, expected: string, found: string): PlantProblem => {
    const { line, col } = lines.linePos(offset);
    return {
      file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      path: formatPath(path),
      expected,
      found,
    };
  };
  const problems = document.errors.map((error) =>
    at([], error.pos[0], 'valid YAML', firstSentence(error.message)),
  );
  const value = problems.length > 0 ? { value: undefined } : toValue(document, at);
  return {
    value: value.value,
    problems: 'problem' in value ? [value.problem] : problems,
    problem: (path, expected, found) =>
      at(path, offsetOf(document, path, 'value'), expected, found ?? describe(valueAt(document, path))),
    keyProblem: (path, expected, found) => at(path, offsetOf(document, path, 'key'), expected, found),
  };
}

/** Aliases that expand without end are refused by the YAML library while it builds the value. */
function toValue(
  document: Document,
  at: (path: Path, offset: number, expected: string, found: string) => PlantProblem,
): { value: unknown; problem?: PlantProblem } {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { value };
  } catch (error) {
    return { value: undefined, problem: at([], 0, 'valid YAML', firstSentence(String(error))) };
  }
}

function firstSentence(message: string): string {
  return message.split('\n')[0]?.trim() ?? message;
}

/** `['areas', 0, 'id']` → `areas[0].id`. */
function formatPath(path: Path): string {
  let result = '';
  for (const part of path) {
    result += typeof part === 'number' ? `[${part}]` : result === '' ? part : `.${part}`;
  }
  return result;
}

function valueAt(document: Document, path: Path): unknown {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node.toJS(document) : node;
}

function offsetOf(document: Document, path: Path, side: 'key' | 'value'): number {
  for (let length = path.length; length > 0; length -= 1) {
    const own = length === path.length;
    const offset = offsetAt(document, path.slice(0, length), own ? side : 'value');
    if (offset !== undefined) return offset;
  }
  return rangeStart(document.contents) ?? 0;
}

function offsetAt(document: Document, path: Path, side: 'key' | 'value'): number | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isSeq(parent) && typeof last === 'number') return rangeStart(parent.items[last]);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isPair(item) && keyText(item.key) === String(last));
  if (pair === undefined) return undefined;
  return (side === 'value' ? rangeStart(pair.value) : undefined) ?? rangeStart(pair.key);
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function rangeStart(node: unknown): number | undefined {
  return isNode(node) && node.range ? node.range[0] : undefined;
}

/** What stands in the file, short enough for one line. */
function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a table';
  const shown = JSON.stringify(value);
  return shown.length > 60 ? `${shown.slice(0, 57)}…"` : shown;
}
