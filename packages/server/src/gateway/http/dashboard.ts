import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from './problem.ts';
import { createStaticFiles, type StaticFile } from './static-files.ts';

/** Files below it carry a hash of their content in their name (Vite's default). */
const HASHED_FOLDER = '/assets/';
const IMMUTABLE = `public, max-age=${365 * 24 * 3600}, immutable`;

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>MS5</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}code{background:#eee;padding:.1em .3em}</style>
<h1>MS5 is running</h1>
<p>The server answers, but the dashboard has not been built. In the repository, run</p>
<p><code>npm run build -w apps/dashboard</code></p>
<p>and reload this page. The API is at <code>/api/v1</code>, the live connection at <code>/ws</code>.</p>
</html>
`;

/**
 * Serves the built dashboard. Files with a hash in their name are kept for ever by browsers, everything else is
 * asked for again each time, so that a new build shows at the next load. An address that is no file is a screen
 * of the dashboard when a person opens it, else not found.
 */
export function registerDashboard(app: FastifyInstance, directory: string | undefined): void {
  const find = directory === undefined ? async () => undefined : createStaticFiles(directory);
  app.setNotFoundHandler(async (request, reply) => {
    const path = pathOf(request);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const file = isRead ? await find(path === '/' ? '/index.html' : path) : undefined;
    if (file !== undefined) {
      return sendFile(request, reply, file, path.startsWith(HASHED_FOLDER) ? IMMUTABLE : 'no-cache');
    }
    if (!isRead || !isScreen(request, path)) throw new HttpProblem('notFound');
    const screen = await find('/index.html');
    if (screen !== undefined) return sendFile(request, reply, screen, 'no-cache');
    return reply.header('Cache-Control', 'no-cache').type('text/html; charset=utf-8').send(NOT_BUILT);
  });
}

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: StaticFile,
  cacheControl: string,
): FastifyReply {
  reply.headers({ 'Cache-Control': cacheControl, ETag: file.etag });
  if (file.gzipped !== undefined) reply.header('Vary', 'Accept-Encoding');
  const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known?.includes(file.etag) === true) return reply.code(304).send();
  reply.type(file.type);
  const { gzipped } = file;
  return gzipped !== undefined &&
    /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(acceptedEncodings(request))
    ? reply.header('Content-Encoding', 'gzip').send(gzipped)
    : reply.send(file.body);
}

function acceptedEncodings(request: FastifyRequest): string {
  const { 'accept-encoding': accepted = '' } = request.headers;
  return Array.isArray(accepted) ? accepted.join(',') : accepted;
}

function pathOf(request: FastifyRequest): string {
  const path = request.url.split('?', 1)[0] ?? '/';
  try {
    return decodeURIComponent(path);
  } catch {
    throw new HttpProblem('malformedRequest', { message: 'The address is not a valid URL.' });
  }
}

/** Whether an unknown address is a person opening a screen. */
function isScreen(request: FastifyRequest, path: string): boolean {
  const isOurs = /^\/(?:api|assets|ws|healthz|readyz)(?:\/|$)/.test(path);
  return !isOurs && (path === '/' || (request.headers.accept ?? '').includes('text/html'));
}
