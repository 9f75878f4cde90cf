import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ms5 } from '../../../../test/support/ms5-process.ts';
import { temporaryDirectory, testPlant } from '../../../../test/support/plant.ts';
import { until } from '../../../../test/support/until.ts';
import { openMailServer, type MailServer } from '../../test-support/mail-server.ts';
import { startEngine } from '../engine/index.ts';
import { issueToken } from '../gateway/auth/token.ts';
import { startServer, type RunningServer } from '../gateway/server.ts';
import { systemClock } from '../gateway/system-clock.ts';

// Whole servers and processes.
vi.setConfig({ testTimeout: 60_000 });

const KEY = new Uint8Array(32).fill(7);
const PLANT = `${testPlant()}  - { id: ann, name: Ann, roles: [lead], email: ann@works.test }
escalation:
  policies:
    - id: all
      toAcknowledge:
        - { recipients: [{ role: lead }], means: [screen, email] }
        - { after: 1h, recipients: [{ person: olivia }], means: [email] }
`;

let directory: string;
let mail: MailServer;
let server: RunningServer | undefined;

beforeEach(async () => {
  directory = await temporaryDirectory('notify');
  mail = await openMailServer();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await mail.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(plantFile: string): Promise<RunningServer> {
  const engine = await startEngine({ dataDir: join(directory, 'data'), plantFile });
  const email = { host: '127.0.0.1', port: mail.port, tls: 'plain', from: 'ms5@works.test' };
  server = await startServer({
    engine,
    tokenKey: KEY,
    users: [],
    host: '127.0.0.1',
    port: 0,
    plugins: {
      sources: [{ plugin: 'notify', config: { plant: plantFile, email } }],
      directory: join(directory, 'data', 'plugins'),
    },
  });
  return server;
}

test('a call that is raised reaches the inbox, the escalations and the mailbox; a policy is tried on it', async () => {
  const plantFile = join(directory, 'plant.yaml');
  await writeFile(plantFile, PLANT);
  const running = await start(plantFile);
  const seen: { topic: string; change: unknown }[] = [];
  running.onChange(['user/#', 'works/escalations'], ({ topic, change }) => void seen.push({ topic, change }));
  const user = { userId: 'olivia', name: 'Olivia', roles: ['operator'] };
  const { token } = await issueToken(KEY, user, systemClock.now(), 60_000);
  const raised = await fetch(`http://127.0.0.1:${running.port}/api/v1/commands`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      command: 'raiseCall',
      data: { line: 'hall/press', callType: 'maintenance', priority: 'high', note: 'oil on the floor' },
    }),
  });
  expect(await raised.json()).toMatchObject({ status: 'applied', data: { callId: 'call-1' } });
  await until('the mail', () => (mail.received.length > 0 ? true : undefined));
  expect(mail.received).toMatchObject([{ to: 'ann@works.test' }]);
  expect(mail.received[0]?.text).toContain('oil on the floor');
  expect(seen).toMatchObject([
    {
      topic: 'user/ann/inbox',
      change: { kind: 'stream', entry: { key: 'call-1.acknowledgement-1.ann.screen' } },
    },
    {
      topic: 'works/escalations',
      change: { kind: 'collection', set: { 'call-1': { policy: 'all', status: 'running' } } },
    },
  ]);

  const proposed = join(directory, 'proposed.yaml');
  await writeFile(proposed, PLANT.replace('{ role: lead }', '{ role: manager }'));
  const data = join(directory, 'data');
  const json = await ms5(['escalation', 'simulate', '--plant', proposed, '--data', data, '--json']);
  expect(json.stderr).toBe('');
  expect(JSON.parse(json.stdout)).toMatchObject({
    calls: 1,
    nobodyOnCall: [{ callId: 'call-1', level: 1, goesUp: true }],
    people: [
      { person: 'olivia', byMeans: { email: 1 } },
      { person: 'ann', messages: 0 },
    ],
  });
  const table = await ms5(['escalation', 'simulate', '--plant', proposed, '--data', data]);
  expect(table.stdout).toContain('went a level up');
  const wrong = await ms5(['escalation', 'simulate', '--plant', proposed, '--data', data, '--from', 'soon']);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('soon') as unknown });
  expect((await ms5(['notify', 'dead-letters', '--data', data])).stdout).toBe('no dead letters\n');
});
