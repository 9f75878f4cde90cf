import type { Clock, EntryChanges, HookVerdict, Random } from '@ms5/hub';
import type { LogId } from '@ms5/wire';
import { encodeChanges } from '../engine/thread/changes-codec.ts';
import { selectChanges } from './event-data.ts';
import { createHookCounts, type HookCounts, type PluginFigures } from './figures.ts';
import { afterHook, beforeHook, type PluginHookName } from './hook-names.ts';
import { HOST_LIMITS } from './limits.ts';
import { createLogLimit } from './log-limit.ts';
import type { Disconnection } from './plugin.ts';
import { createQuestions } from './questions.ts';
import type { Declaration } from './shape.ts';
import { superviseThread } from './supervisor.ts';
import { createTopicSelection } from './topic-selection.ts';
import type {
  CallAnswer,
  FromPlugin,
  HookCall,
  Notice,
  PluginCall,
  PluginThreadData,
  Question,
  ToPlugin,
} from './thread/messages.ts';
import type { PluginThread } from './thread/open-thread.ts';

type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface RunnerPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Does what the plugin asks of the server; never rejects. */
  readonly serve: (plugin: string, call: PluginCall) => Promise<CallAnswer>;
  readonly log: (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** One plugin on its thread, seen from the main thread: nothing it does or fails to do comes through. */
export interface PluginRunner {
  readonly declaration: Declaration;
  before(question: Question): Promise<HookVerdict>;
  after(notice: Notice): void;
  disconnected(end: Disconnection): void;
  events(log: LogId, entries: readonly EntryChanges[]): void;
  head(offset: number): void;
  figures(): PluginFigures;
  /** Lets it end what it does, for as long as its `closeMs` allows, unless it does not answer. Idempotent. */
  close(): Promise<void>;
}

const CONTINUE: HookVerdict = { verdict: 'continue' };

/** Rejects with a `PluginError` when the plugin cannot be started; later its thread is started again as needed. */
export async function startPluginRunner(data: PluginThreadData, ports: RunnerPorts): Promise<PluginRunner> {
  const { clock, random } = ports;
  const questions = createQuestions(clock);
  const logLimit = createLogLimit(clock);
  const pending = { work: 0, eventBytes: 0, changes: 0 };
  /** By the plugin's side. */
  let linesDropped = 0;
  /** Changes dropped since the plugin was told last. */
  let missed = 0;
  /** Its own once it has declared itself. */
  let name = data.module;
  const closed = Promise.withResolvers<void>();
  let closing: Promise<void> | undefined;

  const log = (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    if (logLimit.take()) ports.log(level, message, { ...fields, plugin: name });
  };

  const serve = (thread: PluginThread, id: number, call: PluginCall): void => {
    void ports.serve(name, call).then((answer) => thread.post({ kind: 'answer', id, answer }));
  };

  const receive = (message: FromPlugin, thread: PluginThread): void => {
    if (message.kind === 'verdict') questions.answered(message.id, message.verdict);
    else if (message.kind === 'failed') questions.failed(message.id, message.message);
    else if (message.kind === 'call') serve(thread, message.id, message.call);
    else if (message.kind === 'log')
      ports.log(message.level, message.message, { ...message.fields, plugin: name });
    else if (message.kind === 'pong') linesDropped += message.logLinesDropped;
    else if (message.kind === 'closed') closed.resolve();
    else if (message.kind === 'declared') ({ name } = message.declaration);
    else if (message.kind === 'done') {
      pending.work -= 1;
      pending.eventBytes -= message.bytes;
      if (message.hook === 'afterEvent') pending.changes -= message.calls.length;
      for (const call of message.calls) note(message.hook, call);
    }
  };

  const supervisor = await superviseThread({
    data,
    clock,
    random,
    onMessage: receive,
    onDown(reason, retryMs) {
      questions.failAll(reason);
      missed += pending.changes;
      Object.assign(pending, { work: 0, eventBytes: 0, changes: 0 });
      log('error', 'plugin is down', { reason, retryMs: Math.round(retryMs) });
    },
    onUp: () => log('warn', 'plugin is running again'),
  });
  const { declaration } = supervisor;
  const counts = new Map(declaration.hooks.map((hook) => [hook, createHookCounts(hook)]));
  const isWanted = createTopicSelection(declaration.events);

  const countsOf = (hook: PluginHookName): HookCounts | undefined => counts.get(hook);

  const note = (hook: PluginHookName, { durationMs, failure, message }: HookCall): void => {
    countsOf(hook)?.called(durationMs, failure);
    if (failure !== null) log('warn', 'plugin hook failed', { hook, failure, detail: message ?? '' });
  };

  /** Hands over after-work, unless too much waits already. */
  const hand = (message: ToPlugin, transferred: readonly ArrayBuffer[] = []): boolean => {
    const thread = supervisor.thread();
    if (thread === null || pending.work >= HOST_LIMITS.pendingWork) return false;
    if (!thread.post(message, transferred)) return false;
    pending.work += 1;
    return true;
  };

  const handOrDrop = (hook: PluginHookName, message: ToPlugin): void => {
    if (counts.has(hook) && !hand(message)) countsOf(hook)?.dropped(1);
  };

  const failed = (hook: PluginHookName, why: string): HookVerdict => {
    if (declaration.onFailure === 'continue') return CONTINUE;
    countsOf(hook)?.refused();
    return { verdict: 'refuse', message: `plugin "${declaration.name}" could not decide: ${why}` };
  };

  return {
    declaration,
    async before(question) {
      const hook = beforeHook(question.name);
      const thread = supervisor.isResponsive() ? supervisor.thread() : null;
      if (thread === null) {
        countsOf(hook)?.called(0, 'error');
        return failed(hook, 'it does not answer');
      }
      const end = await questions.ask(declaration.limits.beforeMs, (id) =>
        thread.post({ kind: 'before', id, question }),
      );
      const { durationMs } = end;
      if (end.kind === 'verdict') {
        countsOf(hook)?.called(durationMs, null);
        if (end.verdict.verdict === 'refuse') countsOf(hook)?.refused();
        return end.verdict;
      }
      if (end.kind === 'timeout') supervisor.suspect();
      note(hook, {
        durationMs,
        failure: end.kind,
        ...(end.kind === 'error' ? { message: end.message } : {}),
      });
      return failed(hook, end.kind === 'timeout' ? 'it took too long' : 'it failed');
    },
    after: (notice) => handOrDrop(afterHook(notice.name), { kind: 'after', notice }),
    disconnected: (end) => handOrDrop('afterDisconnect', { kind: 'disconnect', end }),
    events(log, entries) {
      if (!counts.has('afterEvent')) return;
      const wanted = selectChanges(entries, isWanted);
      if (wanted.length === 0) return;
      const bytes = encodeChanges(wanted);
      const fits = pending.eventBytes + bytes.byteLength <= HOST_LIMITS.pendingEventBytes;
      const { byteLength } = bytes;
      const count = wanted.reduce((sum, { changes }) => sum + changes.length, 0);
      if (fits && hand({ kind: 'events', log, bytes, missed }, [bytes.buffer])) {
        pending.eventBytes += byteLength;
        pending.changes += count;
        missed = 0;
      } else {
        missed += count;
        countsOf('afterEvent')?.dropped(count);
      }
    },
    head: (offset) => supervisor.thread()?.post({ kind: 'head', offset }),
    figures: () => ({
      plugin: declaration.name,
      state: supervisor.state(),
      restarts: supervisor.restarts(),
      pending: pending.work,
      logLinesDropped: logLimit.dropped() + linesDropped,
      hooks: [...counts.values()].map((each) => each.figures()),
    }),
    close() {
      closing ??= (async () => {
        const thread = supervisor.isResponsive() ? supervisor.thread() : null;
        if (thread !== null) {
          thread.post({ kind: 'close' });
          const cancel = clock.after(declaration.limits.closeMs, closed.resolve);
          await closed.promise;
          cancel();
        }
        await supervisor.close();
      })();
      return closing;
    },
  };
}
