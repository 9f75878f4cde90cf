import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openBasicClient, type BasicClient } from './support/basic-client.ts';
import { ms5, startServer, type RunningServer } from './support/ms5-process.ts';
import { temporaryDirectory, writePlant } from './support/plant.ts';
import {
  oeeInputOf,
  shiftOf,
  workedPlant,
  WORKED_EXAMPLES,
  type FigureName,
  type Machine,
  type WorkedExample,
} from './support/worked-examples.ts';

// The worked examples of the factory's figures, through the command `ms5 oee`, and through a real server: told over
// HTTP, shown live on the topics of line and area, and answered by history over REST. Equal to 6 digits everywhere.

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Midnight of the plant's zone, so long ago that all windows of up to 12 h are over. */
const MIDNIGHT = Math.floor((Date.now() - 13 * HOUR) / HOUR) * HOUR;

const UTC_HOUR = new Date(MIDNIGHT).getUTCHours();
/** How far the local time of the plant's zone, in which `MIDNIGHT` is one, is ahead. */
const ZONE_OFFSET_HOURS = UTC_HOUR <= 12 ? -UTC_HOUR : 24 - UTC_HOUR;

/** The sign is the other way round in these names. */
function zoneOfMidnight(): string {
  if (ZONE_OFFSET_HOURS === 0) return 'Etc/UTC';
  return `Etc/GMT${ZONE_OFFSET_HOURS < 0 ? '+' : '-'}${Math.abs(ZONE_OFFSET_HOURS)}`;
}

/** Where a machine's window begins: those longer than a day end where the others of 12 h do. */
function startOf({ windowMinutes }: Machine): number {
  return windowMinutes <= 12 * 60 ? MIDNIGHT : MIDNIGHT + 12 * HOUR - windowMinutes * MINUTE;
}

function expectFigures(found: Partial<Record<FigureName, unknown>>, { expected }: WorkedExample): void {
  for (const [name, value] of Object.entries(expected))
    expect(found[name as FigureName], name).toBeCloseTo(value, 6);
}

describe('through ms5 oee', () => {
  test.each(WORKED_EXAMPLES)('$about', async (example) => {
    const input = oeeInputOf(example, startOf(example.machines[0] as Machine));
    const { code, stdout, stderr } = await ms5(['oee', '-'], JSON.stringify(input));
    expect([stderr, code]).toEqual(['', 0]);
    const report = JSON.parse(stdout) as { rollup?: Record<FigureName, unknown> };
    expectFigures(report.rollup ?? (report as Record<FigureName, unknown>), example);
  });
});

interface FiguresDocument {
  readonly availability: { readonly value: unknown };
  readonly performance: { readonly value: unknown };
  readonly quality: { readonly value: unknown };
  readonly oee: { readonly value: unknown };
  readonly ratios?: Readonly<Record<string, unknown>>;
}

function figuresOf(document: FiguresDocument): Partial<Record<FigureName, unknown>> {
  const { availability, performance, quality, oee, ratios = {} } = document;
  return {
    ...ratios,
    availability: availability.value,
    performance: performance.value,
    quality: quality.value,
    oee: oee.value,
  };
}

let directory = '';
let server: RunningServer;
let client: BasicClient;
let viewer = '';

describe('through a server', () => {
  beforeAll(async () => {
    directory = await temporaryDirectory('worked-examples');
    const plantFile = await writePlant(directory, workedPlant(zoneOfMidnight()));
    server = await startServer({ plantFile, dataDir: join(directory, 'data') });
    viewer = await server.token('viewer');
    client = await openBasicClient(server.webSocketUrl, viewer);
    client.send({
      type: 'subscribe',
      topics: ['works/+/+/oee', 'works/+/+/periods', 'works/+/oee'],
      batch: true,
      id: 1,
    });
    await client.next('subscribed', (message) => message.type === 'subscribed');
    await tell(await server.token('device'));
  });
  afterAll(async () => {
    client?.close();
    await server?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  /** All that the machines say; when its window is over, a machine says that it is not scheduled any more. */
  async function tell(token: string): Promise<void> {
    const items = WORKED_EXAMPLES.flatMap(({ id, machines }) =>
      machines.flatMap((machine) => {
        const equipment = `${id}/${machine.id}/m`;
        const at = (minute: number): string => new Date(startOf(machine) + minute * MINUTE).toISOString();
        return [
          ...machine.said.map(({ minute, ...rest }) => ({ equipment, at: at(minute), ...rest })),
          { equipment, at: at(machine.windowMinutes), state: 'notScheduled' },
        ];
      }),
    );
    const response = await fetch(`${server.url}/api/v1/observations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(items),
    });
    const { results } = (await response.json()) as { results: { status: string }[] };
    expect(results.filter(({ status }) => status !== 'accepted')).toEqual([]);
    expect(results).toHaveLength(items.length);
  }

  /** What the newest event of a topic holds. */
  const newest = (topic: string): unknown =>
    client.messages.findLast((message) => message['topic'] === topic)?.['data'];

  /** What a collection holds, after all that was set and removed. */
  const held = (topic: string): Readonly<Record<string, object>> => {
    const documents: Record<string, object> = {};
    for (const { data } of client.messages.filter((message) => message['topic'] === topic)) {
      const { set = {}, remove = [] } = data as { set?: Record<string, object>; remove?: readonly string[] };
      Object.assign(documents, set);
      for (const key of remove) delete documents[key];
    }
    return documents;
  };

  const live = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 50 });

  const ofOneShift = WORKED_EXAMPLES.filter(({ machines }) =>
    machines.every(({ windowMinutes }) => windowMinutes <= 12 * 60),
  );

  test.each(ofOneShift.filter(({ machines }) => machines.length === 1))(
    'live on the topics of its line: $about',
    async (example) => {
      const line = `works/${example.id}/${example.machines[0]?.id}`;
      await live(() => {
        expectFigures(figuresOf(newest(`${line}/oee`) as FiguresDocument), example);
      });
      await live(() => {
        const date = new Date(MIDNIGHT + ZONE_OFFSET_HOURS * HOUR).toISOString().slice(0, 10);
        const key = `shift.${date}.${shiftOf(example.machines[0] as Machine)}`;
        expectFigures(held(`${line}/periods`)[key] ?? {}, example);
      });
    },
  );

  test.each(ofOneShift)('live on the topic of its area: $about', async (example) => {
    await live(() => {
      expectFigures(figuresOf(newest(`works/${example.id}/oee`) as FiguresDocument), example);
    });
  });

  test.each(WORKED_EXAMPLES)('looking back over REST: $about', async (example) => {
    const startAt = Math.min(...example.machines.map(startOf));
    const endAt = Math.max(
      ...example.machines.map((machine) => startOf(machine) + machine.windowMinutes * MINUTE),
    );
    const lines = example.machines.map(({ id }) => `line=${example.id}/${id}`).join('&');
    const window = `from=${startAt}&to=${endAt}&${lines}&group=area`;
    const response = await fetch(`${server.url}/api/v1/oee?${window}`, {
      headers: { authorization: `Bearer ${viewer}` },
    });
    expect(response.status).toBe(200);
    const { rows } = (await response.json()) as { rows: { figures: Record<FigureName, unknown> }[] };
    expect(rows).toHaveLength(1);
    expectFigures(rows[0]?.figures ?? {}, example);
  });
});
