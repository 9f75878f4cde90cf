import type { Clock, SignalChange } from '@ms5/hub';
import type { EventLogReader } from '../engine/log/event-log-reader.ts';
import { createQueryAnswerer } from './answer-query.ts';
import type { HistoryFigures, HistoryQuery, HistoryReply } from './history-port.ts';
import { createNames } from './names.ts';
import type { HistoryDatabase } from './open-history.ts';
import { createProjector } from './projector.ts';
import type { HistorySettings } from './settings.ts';
import type { TelemetryStore } from './telemetry-store.ts';

const SERVICE_TIMES = {
  /** How often the log is looked at while history is in step with it. */
  lookMs: 200,
  /** Longest wait of a query for what was committed before it. */
  catchUpMs: 2000,
  upkeepMs: 5000,
  figuresMs: 1000,
} as const;

export interface HistoryService {
  query(query: HistoryQuery, head: number): Promise<HistoryReply<unknown>>;
  signals(changes: readonly SignalChange[]): void;
  close(): void;
}

interface Options {
  readonly log: EventLogReader;
  readonly history: HistoryDatabase;
  readonly telemetry: TelemetryStore;
  readonly settings: HistorySettings;
  readonly clock: Clock;
  readonly onFigures: (figures: HistoryFigures) => void;
  readonly onFailure: (error: Error) => void;
}

/** Keeps history in step with the log, and answers from it; taking in comes first, in turns of bounded length. */
export function startHistoryService(options: Options): HistoryService {
  const { log, history, telemetry, settings, clock } = options;
  const names = createNames(history.database);
  const projector = createProjector(history.database, names, log, history.position);
  const answerer = createQueryAnswerer({
    database: history.database,
    names,
    telemetry,
    pause: () => new Promise((resolve) => clock.soon(resolve)),
  });
  const cancels = new Map<string, () => void>();
  let closed = false;

  const fail = (error: unknown): void => {
    close();
    options.onFailure(error instanceof Error ? error : new Error(String(error)));
  };

  const every = (name: string, delayMs: number, task: () => void): void => {
    cancels.set(
      name,
      clock.after(delayMs, () => {
        if (closed) return;
        try {
          task();
        } catch (error) {
          fail(error);
          return;
        }
        every(name, delayMs, task);
      }),
    );
  };

  const advance = (): void => {
    if (closed) return;
    try {
      const more = projector.advance();
      if (more) clock.soon(advance);
      else cancels.set('look', clock.after(SERVICE_TIMES.lookMs, advance));
    } catch (error) {
      fail(error);
    }
  };

  const reached = async (head: number): Promise<void> => {
    const endAt = clock.now() + SERVICE_TIMES.catchUpMs;
    while (projector.position() < head && clock.now() < endAt) {
      if (closed || !projector.advance()) break;
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
  };

  const report = (): void => {
    const position = projector.position();
    const behind = Math.max(0, log.head() - position);
    const [oldest] = behind === 0 ? [] : log.entries(position, 1);
    const behindMs = oldest === undefined ? 0 : Math.max(0, clock.now() - oldest.at);
    options.onFigures({ position, behind, behindMs, databaseBytes: sizeOf(history) });
  };

  const close = (): void => {
    if (closed) return;
    closed = true;
    for (const cancel of cancels.values()) cancel();
    telemetry.close();
    history.close();
    log.close();
  };

  clock.soon(advance);
  every('figures', SERVICE_TIMES.figuresMs, report);
  every('upkeep', SERVICE_TIMES.upkeepMs, () => {
    telemetry.flush();
    telemetry.prune(clock.now(), settings);
    if (projector.position() === log.head()) answerer.retention.step(settings.factsKeptMs);
  });
  return {
    async query(query, head) {
      await reached(head);
      if (closed) throw new Error('history is closed');
      // What is taken in while it is answered may be in the answer or not.
      const behind = Math.max(0, head - projector.position());
      const reply = await answerer.answer(query);
      return reply.status === 'done' ? { ...reply, behind } : reply;
    },
    signals: (changes) => {
      if (!closed) telemetry.take(changes);
    },
    close,
  };
}

function sizeOf({ database }: HistoryDatabase): number {
  const pages = Number(database.pragma('page_count', { simple: true }));
  return pages * Number(database.pragma('page_size', { simple: true }));
}
