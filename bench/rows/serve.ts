import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { request } from 'node:http';
import { freePort } from '../../test/support/free-port.ts';
import { repositoryPath } from '../../test/support/paths.ts';
import { sleep, startProcess } from '../measure/child.ts';
import { residentBytes } from '../measure/proc.ts';

export interface ServedOnce {
  readonly readyMs: number;
  readonly residentMb: number;
  readonly output: string;
}

const built = repositoryPath('packages/server/dist/app/main.js');
const source = repositoryPath('packages/server/src/cli/main.ts');

/** The built server, as users run it; the sources where it is not built. */
export const isBuilt = existsSync(built);
const serveCommand: readonly string[] = isBuilt
  ? [process.execPath, built]
  : [process.execPath, '--conditions=ms5-source', source];

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    // Without an open port a request takes longer to fail than a connection.
    const probe = connect({ port, host: '127.0.0.1' }, () => {
      probe.destroy();
      const asked = request({ port, host: '127.0.0.1', path: '/readyz' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      asked.on('error', () => resolve(false));
      asked.end();
    });
    probe.on('error', () => resolve(false));
  });
}

/** Starts `ms5 serve`, waits until it is ready, and ends it: with SIGTERM, or as a power cut does. */
export async function serveOnce(
  site: { readonly plantFile: string; readonly dataDir: string },
  limitMs: number,
  ending: 'SIGTERM' | 'SIGKILL' = 'SIGTERM',
): Promise<ServedOnce> {
  const port = await freePort();
  const where = ['--plant', site.plantFile, '--data', site.dataDir];
  const parameters = ['serve', ...where, '--host', '127.0.0.1', '--port', String(port)];
  const startedAt = performance.now();
  const server = startProcess(null, [...serveCommand, ...parameters]);
  let output = '';
  server.child.stdout?.on('data', (bytes: Buffer) => (output += bytes.toString()));
  let hasEnded = false;
  void server.ended.then(() => (hasEnded = true));
  while (!(await isReady(port))) {
    if (hasEnded) throw new Error(`ms5 serve has ended: ${output}${server.errors()}`);
    if (performance.now() - startedAt > limitMs) throw new Error(`not ready within ${limitMs} ms`);
    await sleep(5);
  }
  const readyMs = performance.now() - startedAt;
  const residentMb = residentBytes(server.child.pid ?? 0) / 1e6;
  server.child.kill(ending);
  await server.ended;
  return { readyMs, residentMb, output };
}
