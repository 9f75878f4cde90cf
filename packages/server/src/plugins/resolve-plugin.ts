import { existsSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PluginError } from './plugin-error.ts';

/** Plugins that come along, by the name they are asked for. */
const INCLUDED: Readonly<Record<string, string>> = {
  webhook: './webhook/plugin',
  notify: '../notify/plugin',
};

/** The URL of the plugin's module. Throws a `PluginError` that says where it was looked for. */
export function resolvePlugin(plugin: string, baseDir: string): string {
  const included = Object.hasOwn(INCLUDED, plugin) ? INCLUDED[plugin] : undefined;
  if (included !== undefined) {
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    return new URL(included + extension, import.meta.url).href;
  }
  return pathToFileURL(isPath(plugin) ? fileOf(plugin, baseDir) : entryOfPackage(plugin, baseDir)).href;
}

function isPath(plugin: string): boolean {
  return /^\.{1,2}[/\\]/.test(plugin) || isAbsolute(plugin) || /\.[cm]?[jt]s$/.test(plugin);
}

function fileOf(plugin: string, baseDir: string): string {
  const file = resolve(baseDir, plugin);
  if (existsSync(file) && statSync(file).isFile()) return file;
  throw new PluginError(`Plugin ${plugin}: there is no file ${file}.`);
}

function entryOfPackage(name: string, baseDir: string): string {
  if (!/^(?:@[\w.-]+\/)?[\w.-]+$/.test(name) || isBuiltin(name)) {
    throw new PluginError(
      `Plugin ${JSON.stringify(name)} is neither a file such as ./guard.ts nor the name of a package.`,
    );
  }
  for (let directory = resolve(baseDir); ; directory = dirname(directory)) {
    const packageDir = join(directory, 'node_modules', name);
    if (existsSync(join(packageDir, 'package.json'))) return entryIn(packageDir, name);
    if (dirname(directory) === directory) break;
  }
  const included = Object.keys(INCLUDED).join(', ');
  throw new PluginError(
    `Plugin ${name}: there is no such package in node_modules of ${resolve(baseDir)} or above. ` +
      `A file is named with its path, as ./${name}.ts; included: ${included}.`,
  );
}

function entryIn(packageDir: string, name: string): string {
  const manifest = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
    readonly exports?: unknown;
    readonly main?: unknown;
  };
  const entry =
    importTarget(manifest.exports) ?? (typeof manifest.main === 'string' ? manifest.main : 'index.js');
  const file = join(packageDir, entry);
  if (existsSync(file)) return file;
  throw new PluginError(`Plugin ${name}: its package.json names ${entry}, which is not there.`);
}

/** The file that `import` of the bare package name gets, of `exports` in its usual forms. */
function importTarget(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported;
  if (typeof exported !== 'object' || exported === null) return undefined;
  const targets: Readonly<Record<string, unknown>> = { ...exported };
  for (const key of ['.', 'node', 'import', 'default']) {
    const target = importTarget(targets[key]);
    if (target !== undefined) return target;
  }
  return undefined;
}
