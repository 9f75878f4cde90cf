import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Files under here carry a hash of their content in their name (Vite's default). */
const HASHED_FOLDER = `${sep}assets${sep}`;
const YEAR_S = 365 * 24 * 3600;

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

/** Answers with the page that every screen of the dashboard starts from. */
export type SendScreen = (reply: FastifyReply) => FastifyReply;

/**
 * Serves the built dashboard. Files with a hash in their name are kept for ever by browsers, everything else
 * is asked for again each time, so that a new build shows at the next load. Whether there is a build is looked
 * at once, at the start.
 */
export async function registerDashboard(
  app: FastifyInstance,
  directory: string | undefined,
): Promise<SendScreen> {
  if (directory === undefined || !existsSync(join(directory, 'index.html'))) {
    app.get('/', (_request, reply) => sendNotBuilt(reply));
    return sendNotBuilt;
  }
  await app.register(fastifyStatic, {
    root: directory,
    cacheControl: false,
    preCompressed: true,
    dotfiles: 'ignore',
    setHeaders(reply, path) {
      const isHashed = path.slice(directory.length).startsWith(HASHED_FOLDER);
      reply.header('Cache-Control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
    },
  });
  return (reply) => reply.sendFile('index.html');
}

/** Whether a request for an unknown address is a person opening a screen, and so gets the dashboard. */
export function isScreenRequest(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const path = request.url.split('?', 1)[0] ?? '';
  const isOurs = /^\/(?:api|assets|ws|healthz|readyz)(?:\/|$)/.test(path);
  return !isOurs && (request.headers.accept ?? '').includes('text/html');
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply.header('Cache-Control', 'no-cache').type('text/html; charset=utf-8').send(NOT_BUILT);
}
