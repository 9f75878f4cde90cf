import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { PluginSource } from './host.ts';
import { PluginError } from './plugin-error.ts';

const SETTINGS = z.strictObject({
  plugins: z.array(z.strictObject({ plugin: z.string().min(1), config: z.unknown().optional() })),
});

/**
 * Reads a file of plugins with their configurations; paths in it start from its directory. Rejects with a
 * `PluginError` that names file and place.
 */
export async function loadPluginSettings(file: string): Promise<readonly PluginSource[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new PluginError(`Plugin file ${file} cannot be read (${code}).`, { cause: error });
  });
  const document = parseDocument(text, { prettyErrors: true });
  const [broken] = document.errors;
  if (broken !== undefined) throw new PluginError(`${file}: ${broken.message}`);
  const result = SETTINGS.safeParse(document.toJS());
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = issue?.path.join('.') ?? '';
    throw new PluginError(
      `${file}: ${path === '' ? '' : `${path}: `}${issue?.message ?? 'not usable'}. ` +
        'Expected "plugins:", a list of { plugin: FILE or PACKAGE, config: … }.',
    );
  }
  const baseDir = dirname(resolve(file));
  return result.data.plugins.map(({ plugin, config }) => ({ plugin, config, baseDir }));
}
