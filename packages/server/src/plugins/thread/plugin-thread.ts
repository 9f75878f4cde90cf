import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { HookVerdict } from '@ms5/hub';
import { systemClock } from '../../gateway/system-clock.ts';
import { HOST_LIMITS } from '../limits.ts';
import { createLogLimit } from '../log-limit.ts';
import { PluginError } from '../plugin-error.ts';
import type { HookAnswer, Plugin, SetupResult } from '../plugin.ts';
import { declarationOf, pluginIn } from '../shape.ts';
import { createAfterWork } from './after-work.ts';
import { createServerSide } from './server-side.ts';
import type { FromPlugin, PluginThreadData, Question, ToPlugin } from './messages.ts';

// Entry of a plugin's thread. The main side is plugin-runner.ts.

async function run(port: MessagePort, data: PluginThreadData): Promise<void> {
  const post = (message: FromPlugin): void => port.postMessage(message);
  const server = createServerSide(post, createLogLimit(systemClock));
  let plugin: Plugin;
  let end: SetupResult;
  try {
    plugin = pluginIn((await import(data.module)) as object);
    const declaration = declarationOf(plugin);
    post({ kind: 'declared', declaration });
    const config = plugin.parseConfig === undefined ? data.config : plugin.parseConfig(data.config);
    if (data.task === 'run') {
      const directory = join(data.directory, declaration.name);
      await mkdir(directory, { recursive: true });
      const context = { config, site: data.site, directory, ...server.context };
      // Its answers to calls come while it is set up.
      port.on('message', (message: ToPlugin) => server.receive(message));
      end = await plugin.setup?.(context);
    }
    const work = createAfterWork(plugin, declaration.limits.afterMs, systemClock, post);
    port.on('message', (message: ToPlugin) => {
      if (message.kind === 'before') void answer(plugin, message.id, message.question, post);
      else if (message.kind === 'ping') post({ kind: 'pong', logLinesDropped: server.takeLogLinesDropped() });
      else if (message.kind === 'close') void close(end, post);
      else work.receive(message);
    });
    post({ kind: 'ready' });
  } catch (error) {
    post({ kind: 'notReady', message: messageOf(error) });
  }
}

async function answer(
  plugin: Plugin,
  id: number,
  question: Question,
  post: (message: FromPlugin) => void,
): Promise<void> {
  try {
    post({ kind: 'verdict', id, verdict: verdictOf(await ask(plugin, question)) });
  } catch (error) {
    post({ kind: 'failed', id, message: messageOf(error) });
  }
}

function ask({ hooks }: Plugin, question: Question): HookAnswer | Promise<HookAnswer> {
  switch (question.name) {
    case 'connect':
      return hooks.beforeConnect?.(question.act);
    case 'authenticate':
      return hooks.beforeAuthenticate?.(question.act);
    case 'subscribe':
      return hooks.beforeSubscribe?.(question.act);
    case 'publish':
      return hooks.beforePublish?.(question.act);
    case 'command':
      return hooks.beforeCommand?.(question.act);
  }
}

/** A plugin is code of others: its answer is checked. */
function verdictOf(answer: unknown): HookVerdict {
  if (answer === undefined) return { verdict: 'continue' };
  if (typeof answer === 'object' && answer !== null && 'verdict' in answer) {
    if (answer.verdict === 'continue') return { verdict: 'continue' };
    if (answer.verdict === 'refuse' && 'message' in answer && typeof answer.message === 'string') {
      return { verdict: 'refuse', message: answer.message.slice(0, HOST_LIMITS.refusalLength) };
    }
  }
  throw new PluginError(
    'expected nothing, { verdict: "continue" } or { verdict: "refuse", message } as the answer',
  );
}

async function close(end: SetupResult, post: (message: FromPlugin) => void): Promise<void> {
  try {
    await end?.();
  } catch (error) {
    post({ kind: 'log', level: 'error', message: `closing failed: ${messageOf(error)}`, fields: {} });
  }
  post({ kind: 'closed' });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (parentPort !== null) void run(parentPort, workerData as PluginThreadData);
