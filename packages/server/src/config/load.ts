import { readFile } from 'node:fs/promises';
import { compilePlant } from './compile.ts';
import type { Plant } from './plant.ts';
import type { PlantProblem } from './problems.ts';
import { referenceProblems } from './references.ts';
import { parseYamlSource } from './source.ts';
import { validatePlant } from './validate.ts';

export type PlantResult =
  | { readonly ok: true; readonly plant: Plant }
  | { readonly ok: false; readonly problems: readonly PlantProblem[] };

/** A plant of this many bytes would be a mistake, not a factory. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** Reads and checks a plant file. All problems of a stage are reported at once: YAML, then shape, then references. */
export async function loadPlant(file: string): Promise<PlantResult> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return fileProblem(file, 'a readable file', readFailure(error));
  }
  if (bytes.byteLength > MAX_FILE_BYTES) {
    return fileProblem(file, `at most ${MAX_FILE_BYTES} bytes`, `${bytes.byteLength} bytes`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fileProblem(file, 'text in UTF-8', 'bytes that are not');
  }
  return parsePlant(file, text);
}

/** As `loadPlant`, for text already at hand; `file` only names it in messages. */
export function parsePlant(file: string, text: string): PlantResult {
  const source = parseYamlSource(file, text);
  if (source.problems.length > 0) return { ok: false, problems: source.problems };
  const validated = validatePlant(source);
  if (!validated.ok) return { ok: false, problems: inFileOrder(validated.problems) };
  const problems = referenceProblems(validated.file, source);
  if (problems.length > 0) return { ok: false, problems: inFileOrder(problems) };
  return { ok: true, plant: compilePlant(validated.file, file) };
}

function inFileOrder(problems: readonly PlantProblem[]): readonly PlantProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function fileProblem(file: string, expected: string, found: string): PlantResult {
  return { ok: false, problems: [{ file, line: 1, column: 1, path: '', expected, found }] };
}

function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'a directory';
  if (code === 'EACCES') return 'a file that may not be read';
  return error instanceof Error ? error.message : String(error);
}
