import type { HookActs, HookName, HookResults, HookVerdict, Identity, PublishResult } from '@ms5/hub';
import type { Json, LogId, PublishLane, TopicKind } from '@ms5/wire';
import type { LoggedEvent, LoggedEvents } from '../engine-port.ts';

export type { LoggedEvent, LoggedEvents };

/** What a before-hook answers. Nothing: the act goes on. */
export type HookAnswer = HookVerdict | undefined | void;

type BeforeHooks = {
  readonly [Name in HookName as `before${Capitalize<Name>}`]?: (
    act: HookActs[Name],
  ) => HookAnswer | Promise<HookAnswer>;
};

type AfterHooks = {
  readonly [Name in HookName as `after${Capitalize<Name>}`]?: (
    act: HookActs[Name],
    result: HookResults[Name],
  ) => void | Promise<void>;
};

/**
 * The hooks a plugin may declare. `before…` is asked and may refuse; `after…` is told, one after another in the
 * order things happened, and never waited for.
 */
export interface PluginHooks extends BeforeHooks, AfterHooks {
  /** A committed change of a topic that `Plugin.events` matches. */
  readonly afterEvent?: (event: PluginEvent) => void | Promise<void>;
  readonly afterDisconnect?: (end: Disconnection) => void | Promise<void>;
}

export interface Disconnection {
  readonly session: string;
  /** `null`: it never authenticated. */
  readonly identity: Identity | null;
  /** The close code (PROTOCOL.md). */
  readonly code: number;
}

/** One committed change of one topic. */
export interface PluginEvent {
  readonly log: LogId;
  readonly offset: number;
  /** Commit time, ms since the epoch. */
  readonly at: number;
  readonly topic: string;
  readonly change:
    | { readonly kind: 'stream'; readonly entry: Json }
    | {
        readonly kind: 'record' | 'collection';
        readonly set: Readonly<Record<string, Json>>;
        readonly remove: readonly string[];
      }
    | { readonly kind: 'removed' };
  /** Changes before this one that were dropped because the plugin fell behind. */
  readonly missed: number;
}

/** What becomes of an act when a before-hook fails, takes too long, or its plugin is not running. */
export type OnFailure = 'refuse' | 'continue';

export interface Plugin<Config = unknown> {
  /** Lower-case letters, digits and dashes. Two plugins of one server have different names. */
  readonly name: string;
  readonly hooks: PluginHooks;
  /** Lower first; plugins with the same number run in the order they were loaded. Omitted: 0. */
  readonly order?: number;
  /** Omitted: `continue`, so that a plugin's failure stops nobody's work. A plugin that guards says `refuse`. */
  readonly onFailure?: OnFailure;
  /** Topic filters of `afterEvent`. */
  readonly events?: readonly string[];
  readonly limits?: Partial<PluginLimits>;
  /** Checks the configuration and gives it its type. Throws an error that says what is wrong where. */
  readonly parseConfig?: (raw: unknown) => Config;
  /**
   * Runs before the first hook; when it throws, the server does not start. May return what to do at the end, which
   * has `limits.closeMs`.
   */
  readonly setup?: (context: PluginContext<Config>) => SetupResult | Promise<SetupResult>;
}

export type SetupResult = void | (() => void | Promise<void>);

export interface PluginLimits {
  /** From asking a before-hook to its answer, the way there and back included. */
  readonly beforeMs: number;
  /** One call of an after-hook. */
  readonly afterMs: number;
  /** `parseConfig` and `setup` together. */
  readonly setupMs: number;
  readonly closeMs: number;
  /** Memory of the plugin's thread, MiB; past it the thread is ended and started again. */
  readonly memoryMb: number;
}

export interface PluginContext<Config = unknown> {
  readonly config: Config;
  /** The site's id, which is also its log. */
  readonly site: LogId;
  /** A directory of the plugin's own, which lasts. */
  readonly directory: string;
  readonly log: PluginLogger;
  /** Publishes to a topic below `app/`. Asks no before-hook: the plugin is part of the server. */
  readonly publish: (topic: string, data: Json, options?: PublishOptions) => Promise<PublishResult>;
  /** Reads committed events by position, so that nothing is missed however long the plugin was away. */
  readonly readEvents: (request: EventsRequest) => Promise<LoggedEvents>;
  /** Called with the newest offset when it rises, several rises as one. Returns its unsubscribe. */
  readonly onHead: (listener: (offset: number) => void) => () => void;
}

export interface PluginLogger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface PublishOptions {
  /** Of the topic, for as long as it exists. Omitted: `stream`. */
  readonly kind?: TopicKind;
  /** Omitted: `normal`. */
  readonly lane?: PublishLane;
  /** The same key is published once in 7 days. */
  readonly key?: string;
}

export interface EventsRequest {
  /** Events of entries after this offset. */
  readonly after: number;
  /** Topic filters. */
  readonly topics: readonly string[];
  /**
   * Types of events. Omitted: all but what machines say time and again (`equipmentStateChanged`, `productChanged`,
   * `counted`, `counterRead`), which come only when named.
   */
  readonly types?: readonly string[];
}

/** Gives a plugin's parts their types; changes nothing. */
export function definePlugin<Config = unknown>(plugin: Plugin<Config>): Plugin<Config> {
  return plugin;
}

/** The answer of a before-hook that does not let the act pass; the message is shown to whoever asked. */
export function refuse(message: string): HookVerdict {
  return { verdict: 'refuse', message };
}
