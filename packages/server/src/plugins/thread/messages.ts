import type { HookActs, HookName, HookResults, HookVerdict, PublishResult } from '@ms5/hub';
import type { Json, LogId } from '@ms5/wire';
import type { HookFailure } from '../figures.ts';
import type { AfterHookName } from '../hook-names.ts';
import type { Declaration } from '../shape.ts';
import type { Disconnection, EventsRequest, LogFields, PublishOptions } from '../plugin.ts';

/** What a plugin's thread is started with. */
export interface PluginThreadData {
  /** URL of the module. */
  readonly module: string;
  readonly config: unknown;
  /** Where plugins' own directories are; a plugin's is named after it. */
  readonly directory: string;
  readonly site: LogId;
  /** `check`: declares itself, checks its configuration, and ends. */
  readonly task: 'run' | 'check';
}

/** One act with its name, so that both stay together across the border. */
export type Question = {
  readonly [Name in HookName]: { readonly name: Name; readonly act: HookActs[Name] };
}[HookName];

export type Notice = {
  readonly [Name in HookName]: {
    readonly name: Name;
    readonly act: HookActs[Name];
    readonly result: HookResults[Name];
  };
}[HookName];

export type ToPlugin =
  | { readonly kind: 'before'; readonly id: number; readonly question: Question }
  | { readonly kind: 'after'; readonly notice: Notice }
  | { readonly kind: 'disconnect'; readonly end: Disconnection }
  /** `bytes`: entries as `encodeChanges` writes them; `missed`: changes dropped before the first. */
  | {
      readonly kind: 'events';
      readonly log: LogId;
      readonly bytes: Uint8Array;
      readonly missed: number;
    }
  | { readonly kind: 'head'; readonly offset: number }
  | { readonly kind: 'ping' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: CallAnswer }
  | { readonly kind: 'close' };

export type FromPlugin =
  | { readonly kind: 'declared'; readonly declaration: Declaration }
  | { readonly kind: 'ready' }
  | { readonly kind: 'notReady'; readonly message: string }
  | { readonly kind: 'verdict'; readonly id: number; readonly verdict: HookVerdict }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  /** One piece of after-work is finished. `calls` hook calls were made for it. */
  | {
      readonly kind: 'done';
      readonly hook: AfterHookName;
      readonly calls: readonly HookCall[];
      readonly bytes: number;
    }
  /** `logLinesDropped`: since the last one. */
  | { readonly kind: 'pong'; readonly logLinesDropped: number }
  | { readonly kind: 'call'; readonly id: number; readonly call: PluginCall }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields: LogFields;
    }
  | { readonly kind: 'closed' };

export interface HookCall {
  readonly durationMs: number;
  readonly failure: HookFailure | null;
  /** Of a failure. */
  readonly message?: string;
}

/** What a plugin asks of the server. */
export type PluginCall =
  | {
      readonly kind: 'publish';
      readonly topic: string;
      readonly data: Json;
      readonly options: PublishOptions;
    }
  | { readonly kind: 'readEvents'; readonly request: EventsRequest };

/** `page`: JSON of `LoggedEvents`: a text crosses threads at little cost. */
export type CallAnswer =
  | { readonly kind: 'published'; readonly result: PublishResult }
  | { readonly kind: 'page'; readonly json: string }
  | { readonly kind: 'error'; readonly message: string };
