import type { EntryChanges, HookActs, HookName, HookResults, Hooks, HookVerdict, Identity } from '@ms5/hub';
import type { LogId } from '@ms5/wire';
import type { PluginFigures } from './figures.ts';
import { afterHook, beforeHook } from './hook-names.ts';
import { PluginError } from './plugin-error.ts';
import { startPluginRunner, type PluginRunner, type RunnerPorts } from './plugin-runner.ts';
import { resolvePlugin } from './resolve-plugin.ts';
import type { Notice, Question } from './thread/messages.ts';

/** Which plugin to load, and with what. */
export interface PluginSource {
  /** A file (`./guard.ts`), a package, or a plugin that comes along (`webhook`). */
  readonly plugin: string;
  /** What its `parseConfig` or `setup` gets. */
  readonly config?: unknown;
  /** What it is looked up from. Omitted: the host's `baseDir`. */
  readonly baseDir?: string;
}

export interface PluginHostOptions extends RunnerPorts {
  readonly sources: readonly PluginSource[];
  /** What paths and packages are looked up from. */
  readonly baseDir: string;
  /** Where plugins keep their own directories. */
  readonly directory: string;
  readonly site: LogId;
}

/** All plugins of a server, in one fixed order: by `order`, then as they were loaded. */
export interface PluginHost extends Hooks {
  /** Committed entries, for `afterEvent` and for readers by position. */
  committed(log: LogId, entries: readonly EntryChanges[]): void;
  figures(): readonly PluginFigures[];
  /** Idempotent. */
  close(): Promise<void>;
}

/** Several rises of the head within so long are told as one. */
const HEAD_TOLD_MS = 50;

/** Rejects with a `PluginError` naming the plugin when one cannot be started; none runs then. */
export async function startPluginHost(options: PluginHostOptions): Promise<PluginHost> {
  const { clock } = options;
  const runners = await startAll(options);
  const before = new Map<HookName, readonly PluginRunner[]>();
  const after = new Map<HookName, readonly PluginRunner[]>();
  const declaring = (hook: string): readonly PluginRunner[] =>
    runners.filter(({ declaration }) => declaration.hooks.some((each) => each === hook));
  for (const name of ['connect', 'authenticate', 'subscribe', 'publish', 'command'] as const) {
    before.set(name, declaring(beforeHook(name)));
    after.set(name, declaring(afterHook(name)));
  }
  const disconnecting = declaring('afterDisconnect');
  let head = 0;
  let cancelHead: (() => void) | null = null;

  const tellHead = (): void => {
    cancelHead = null;
    for (const runner of runners) runner.head(head);
  };

  return {
    before<Name extends HookName>(name: Name, act: HookActs[Name]): Promise<HookVerdict> | undefined {
      const asked = before.get(name) ?? [];
      // Both come from one call, so that they belong together.
      return asked.length === 0 ? undefined : askAll(asked, { name, act } as unknown as Question);
    },
    after<Name extends HookName>(name: Name, act: HookActs[Name], result: HookResults[Name]): void {
      for (const runner of after.get(name) ?? []) runner.after({ name, act, result } as unknown as Notice);
    },
    disconnected(session: string, identity: Identity | null, code: number): void {
      for (const runner of disconnecting) runner.disconnected({ session, identity, code });
    },
    committed(log, entries) {
      for (const runner of runners) runner.events(log, entries);
      head = entries.at(-1)?.offset ?? head;
      if (runners.length > 0) cancelHead ??= clock.after(HEAD_TOLD_MS, tellHead);
    },
    figures: () => runners.map((runner) => runner.figures()),
    async close() {
      cancelHead?.();
      await Promise.all(runners.map((runner) => runner.close()));
    },
  };
}

async function startAll(options: PluginHostOptions): Promise<readonly PluginRunner[]> {
  const { sources, baseDir, directory, site } = options;
  const started: PluginRunner[] = [];
  try {
    for (const { plugin, config, baseDir: own = baseDir } of sources) {
      const module = resolvePlugin(plugin, own);
      const runner = await namingPlugin(plugin, () =>
        startPluginRunner({ module, config, directory, site, task: 'run' }, options),
      );
      started.push(runner);
      const { name } = runner.declaration;
      if (started.some((other) => other !== runner && other.declaration.name === name)) {
        throw new PluginError(`Plugin ${plugin}: there is another plugin named "${name}".`);
      }
    }
  } catch (error) {
    await Promise.all(started.map((runner) => runner.close()));
    throw error;
  }
  return started.toSorted((a, b) => a.declaration.order - b.declaration.order);
}

async function askAll(runners: readonly PluginRunner[], question: Question): Promise<HookVerdict> {
  for (const runner of runners) {
    const verdict = await runner.before(question);
    if (verdict.verdict === 'refuse') return verdict;
  }
  return { verdict: 'continue' };
}

export async function namingPlugin<T>(plugin: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new PluginError(`Plugin ${plugin} cannot be used: ${message}`, { cause: error });
  }
}
