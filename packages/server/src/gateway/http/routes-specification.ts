import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from './openapi.ts';

/**
 * `GET /api/v1/asyncapi.json`: what this server speaks in real time, and `GET /api/v1/openapi.json`: what can be
 * asked. They hold nothing secret and need no token.
 */
export function registerSpecification(app: FastifyInstance): void {
  const file = createRequire(import.meta.url).resolve('@ms5/wire/asyncapi.json');
  let document: Buffer | undefined;
  app.get('/api/v1/asyncapi.json', async (_request, reply) => {
    document ??= readFileSync(file);
    return reply
      .headers({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-cache' })
      .send(document);
  });
  let openApi: string | undefined;
  app.get('/api/v1/openapi.json', async (_request, reply) => {
    openApi ??= JSON.stringify(openApiDocument());
    return reply
      .headers({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-cache' })
      .send(openApi);
  });
}
