import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeClock, settlePromises } from '@ms5/testkit';
import { afterEach, expect, it } from 'vitest';
import { ENTRY_VERSION, type LogEntry } from '../engine/log/log-entry.ts';
import type { HistoryFigures } from './history-port.ts';
import { startHistoryService, type HistoryService } from './history-service.ts';
import { openHistory } from './open-history.ts';
import { DEFAULT_HISTORY } from './settings.ts';
import { openTelemetryStore } from './telemetry-store.ts';

const START = Date.UTC(2026, 0, 14, 8);

const directory = mkdtempSync(join(tmpdir(), 'ms5-history-service-'));
let service: HistoryService | undefined;
afterEach(() => {
  service?.close();
  rmSync(directory, { recursive: true, force: true });
});

function tick(offset: number): LogEntry {
  const at = START + offset;
  return {
    offset,
    at,
    version: ENTRY_VERSION,
    cause: { kind: 'tick' },
    outcome: null,
    events: [],
    projected: true,
  };
}

it('tells how far it is behind the log, and what an answer may lack', async () => {
  const clock = createFakeClock(START);
  const entries: LogEntry[] = [];
  const told: HistoryFigures[] = [];
  service = startHistoryService({
    log: {
      id: 'log',
      site: 'works',
      head: () => entries.length,
      entries: (after, limit) => entries.slice(after, after + limit),
      close: () => undefined,
    },
    history: openHistory({ directory, logId: 'log', site: 'works' }),
    telemetry: openTelemetryStore(directory),
    settings: DEFAULT_HISTORY,
    clock,
    onFigures: (figures) => told.push(figures),
    onFailure: (error) => {
      throw error;
    },
  });
  clock.run();
  for (let offset = 1; offset <= 30_000; offset += 1) entries.push(tick(offset));
  // A busy thread: the figures are due before everything is taken in.
  clock.elapse(60_000);
  clock.run();
  const [behind] = told;
  expect(behind?.behind).toBe(30_000 - (behind?.position ?? 0));
  expect(behind?.behind).toBeGreaterThan(0);
  expect(behind?.behindMs).toBe(60_000 - (behind?.position ?? 0) - 1);
  clock.advance(1_000);
  expect(told.at(-1)).toMatchObject({ position: 30_000, behind: 0, behindMs: 0 });

  const asked = { kind: 'acts', lines: ['a/l'], from: 0, to: START * 2, limit: 10 } as const;
  expect(await service.query(asked, 30_000)).toMatchObject({
    status: 'done',
    asOf: { offset: 30_000 },
    behind: 0,
  });
  // Committed, and not to be read yet.
  const late = service.query(asked, 30_007);
  await settlePromises();
  expect(await late).toMatchObject({ status: 'done', asOf: { offset: 30_000 }, behind: 7 });
});
