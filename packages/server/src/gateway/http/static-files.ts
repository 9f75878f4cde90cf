import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** What a dashboard is made of; anything else is sent as bytes. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wav': 'audio/wav',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const COMPRESSED = new Set(['.css', '.html', '.js', '.json', '.map', '.svg', '.txt', '.wav', '.webmanifest']);
/** Below this compression saves no packet. */
const MIN_COMPRESSED_BYTES = 1_024;

export interface StaticFile {
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
  /** The same compressed; `undefined` where that saves nothing. */
  readonly gzipped: Buffer | undefined;
}

interface CachedFile {
  readonly modifiedMs: number;
  readonly bytes: number;
  readonly file: Promise<StaticFile>;
}

/**
 * Files of one directory, read and compressed once and kept in memory: no more than the directory holds. A file
 * that changes on disk is read again. Hidden files and what lies outside are not found.
 */
export function createStaticFiles(directory: string): (path: string) => Promise<StaticFile | undefined> {
  const cache = new Map<string, CachedFile>();
  return async (path) => {
    const segments = path.split('/').filter((segment) => segment !== '');
    if (
      segments.some((segment) => segment.startsWith('.') || segment.includes(sep) || segment.includes('\0'))
    ) {
      return undefined;
    }
    const name = join(directory, ...segments);
    const found = await stat(name).catch(() => undefined);
    if (found === undefined || !found.isFile()) return undefined;
    const cached = cache.get(name);
    if (cached?.modifiedMs === found.mtimeMs && cached.bytes === found.size) return cached.file;
    const file = load(name);
    cache.set(name, { modifiedMs: found.mtimeMs, bytes: found.size, file });
    file.catch(() => cache.delete(name));
    return file;
  };
}

async function load(name: string): Promise<StaticFile> {
  const body = await readFile(name);
  const extension = extname(name).toLowerCase();
  const isWorthwhile = COMPRESSED.has(extension) && body.byteLength >= MIN_COMPRESSED_BYTES;
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    body,
    gzipped: isWorthwhile ? await compress(body, { level: 9 }) : undefined,
  };
}
