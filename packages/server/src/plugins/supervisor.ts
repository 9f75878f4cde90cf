import type { Clock, Random } from '@ms5/hub';
import { HOST_TIMES } from './limits.ts';
import type { Declaration } from './shape.ts';
import { startPluginThread } from './start-thread.ts';
import type { FromPlugin, PluginThreadData } from './thread/messages.ts';
import type { PluginThread } from './thread/open-thread.ts';

export interface SupervisorOptions {
  readonly data: PluginThreadData;
  readonly clock: Clock;
  readonly random: Random;
  /** Its declaration, calls and log lines come while it is set up. */
  readonly onMessage: (message: FromPlugin, thread: PluginThread) => void;
  /** The running thread has ended, or could not be started again; it is started again after `retryMs`. */
  readonly onDown: (reason: string, retryMs: number) => void;
  readonly onUp: () => void;
}

/** Keeps one plugin's thread running: watches it, ends it when it does not answer, starts it again. */
export interface Supervisor {
  readonly declaration: Declaration;
  /** `null` while none is running. */
  thread(): PluginThread | null;
  /** Whether it may be asked: it runs, and did not just leave a question unanswered. */
  isResponsive(): boolean;
  state(): 'running' | 'starting' | 'down' | 'closed';
  restarts(): number;
  /** A question was not answered in time: until the thread shows a sign of life it is not asked again. */
  suspect(): void;
  /** Ends the thread now, and does not start it again. Idempotent. */
  close(): Promise<void>;
}

type Life =
  | { readonly name: 'starting' }
  | { readonly name: 'running'; readonly thread: PluginThread; readonly since: number }
  | { readonly name: 'down'; readonly cancel: () => void }
  | { readonly name: 'closed' };

/** Rejects with a `PluginError` when the first start fails. */
export async function superviseThread(options: SupervisorOptions): Promise<Supervisor> {
  const { data, clock, random } = options;
  let life: Life = { name: 'starting' };
  let restarts = 0;
  let failuresInRow = 0;
  let isSuspect = false;
  /** Sent and not answered; `overdue`: found too old once already. */
  let ping: { readonly at: number; overdue: boolean } | null = null;
  let cancelWatch = (): void => undefined;
  /** Threads that did not answer and are being ended, which may take as long as what blocks them. */
  const left = new WeakSet<PluginThread>();

  const start = (known?: Declaration): ReturnType<typeof startPluginThread> =>
    startPluginThread(
      data,
      clock,
      {
        onMessage(message, thread) {
          if (left.has(thread)) return;
          options.onMessage(message, thread);
          if (message.kind !== 'pong') return;
          ping = null;
          isSuspect = false;
        },
        onEnd: (reason, thread) => {
          if (life.name === 'running' && life.thread === thread) goDown(reason);
        },
      },
      known,
    );

  const run = (thread: PluginThread): void => {
    ping = null;
    isSuspect = false;
    life = { name: 'running', thread, since: clock.now() };
    watch();
  };

  const goDown = (reason: string): void => {
    if (life.name === 'closed') return;
    if (life.name === 'running' && clock.now() - life.since >= HOST_TIMES.healthyMs) failuresInRow = 0;
    cancelWatch();
    const delayMs = Math.min(HOST_TIMES.maxRestartMs, HOST_TIMES.restartMs * 2 ** failuresInRow);
    const retryMs = delayMs * (0.75 + random.next() / 2);
    failuresInRow += 1;
    life = { name: 'down', cancel: clock.after(retryMs, () => void restart()) };
    options.onDown(reason, retryMs);
  };

  const restart = async (): Promise<void> => {
    life = { name: 'starting' };
    restarts += 1;
    try {
      const { thread } = await start(declaration);
      if (isClosed()) return await thread.terminate();
      run(thread);
      options.onUp();
    } catch (error) {
      goDown(error instanceof Error ? error.message : String(error));
    }
  };

  const isClosed = (): boolean => life.name === 'closed';

  /**
   * Two rounds in a row must find the ping too old: this thread may have been the one that stood still, and then the
   * answer lies unread.
   */
  const watch = (): void => {
    cancelWatch = clock.after(HOST_TIMES.watchMs, () => {
      if (life.name !== 'running') return;
      const { thread } = life;
      if (ping === null) sendPing(thread);
      else if (clock.now() - ping.at >= HOST_TIMES.blockedMs) {
        if (ping.overdue) {
          left.add(thread);
          goDown(`its thread did not answer for ${Math.round(clock.now() - ping.at)} ms`);
          void thread.terminate();
          return;
        }
        ping.overdue = true;
      }
      watch();
    });
  };

  const sendPing = (thread: PluginThread): void => {
    ping = { at: clock.now(), overdue: false };
    thread.post({ kind: 'ping' });
  };

  const { thread: first, declaration } = await start();
  run(first);

  return {
    declaration,
    thread: () => (life.name === 'running' ? life.thread : null),
    isResponsive: () => life.name === 'running' && !isSuspect,
    state: () => life.name,
    restarts: () => restarts,
    suspect() {
      if (life.name !== 'running') return;
      isSuspect = true;
      if (ping === null) sendPing(life.thread);
    },
    async close() {
      const before = life;
      life = { name: 'closed' };
      cancelWatch();
      if (before.name === 'down') before.cancel();
      if (before.name === 'running') await before.thread.terminate();
    },
  };
}
