import { readFile } from 'node:fs/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { callMaterial, watchLine } from '../examples/watch-line.ts';
import { startSocketServer, type SocketServer } from '../test-support/socket-server.ts';
import type { Client } from './types.ts';

let server: SocketServer | null = null;
let client: Client | null = null;
afterEach(async () => {
  client?.close();
  await server?.kill();
});

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

it('the README shows the example as it is', async () => {
  const [readme, example] = await Promise.all(
    ['../README.md', '../examples/watch-line.ts'].map((path) =>
      readFile(new URL(path, import.meta.url), 'utf8'),
    ),
  );
  expect(readme).toContain(`\`\`\`ts\n${example?.trim()}\n\`\`\``);
});

it('the example runs against a server', async () => {
  const commands: string[] = [];
  server = await startSocketServer({
    image: { log: 'plant', epoch: 'e', offset: 0, topics: [] },
    commands: {
      execute({ command }) {
        commands.push(command);
        return Promise.resolve({ status: 'applied', offset: 1 });
      },
    },
  });
  server.hub.append('plant', [
    {
      offset: 1,
      at: 1_000,
      changes: [
        {
          kind: 'record',
          topic: 'plant/packaging/line-1/status',
          lane: 'high',
          set: [['state', encode({ name: 'running', since: 1 })]],
          remove: [],
        },
      ],
    },
  ]);
  const printed: string[] = [];
  client = watchLine(
    server.url,
    () => 'anna',
    (text) => printed.push(text),
  );
  await vi.waitFor(() => expect(printed.at(-1)).toBe('running (live, as of 1970-01-01T00:00:01.000Z)'), {
    timeout: 10_000,
  });
  expect(printed).toContain('live: Connected');
  await expect(callMaterial(client)).resolves.toBe(true);
  expect(commands).toEqual(['raiseCall']);
});

it('the example ends when nobody is signed in', async () => {
  const printed: string[] = [];
  client = watchLine(
    'ws://127.0.0.1:1/ws',
    () => null,
    (text) => printed.push(text),
  );
  await vi.waitFor(() => expect(printed).toContain('closed: Not signed in: signed out'), {
    timeout: 10_000,
  });
});
