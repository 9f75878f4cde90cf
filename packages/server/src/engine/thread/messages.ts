import type { SystemHealthDocument } from '@ms5/wire/factory';
import type { Plant } from '../../config/index.ts';
import type {
  CommandRequest,
  DisplayedReceipt,
  EngineFigures,
  EngineQuery,
  PublishRequest,
} from '../../engine-port.ts';
import type { LogErrorCode } from '../log/log-error.ts';
import type { EncodedResults } from './results-codec.ts';

/** What the engine's thread is started with: the first message to it. */
export interface EngineThreadData {
  readonly dataDir: string;
  readonly plant: Plant;
}

export type EngineRequest =
  | {
      readonly kind: 'observe';
      readonly body: Uint8Array;
      readonly source: string;
      readonly permitted: readonly string[];
    }
  | { readonly kind: 'command'; readonly request: CommandRequest }
  | { readonly kind: 'publish'; readonly request: PublishRequest }
  | { readonly kind: 'displayed'; readonly receipt: DisplayedReceipt }
  | { readonly kind: 'query'; readonly query: EngineQuery }
  | { readonly kind: 'close' };

export interface EngineCall {
  readonly id: number;
  readonly request: EngineRequest;
}

export interface ThreadError {
  readonly name: string;
  readonly message: string;
  /** Of a `LogError`. */
  readonly code?: LogErrorCode;
}

/** What became of one body. */
export interface ObservedAnswer {
  readonly id: number;
  readonly results: EncodedResults;
}

/** Bulk goes as encoded buffers, transferred; the rest is small. */
export type EngineMessage =
  | { readonly kind: 'ready'; readonly image: Uint8Array }
  | { readonly kind: 'notReady'; readonly error: ThreadError }
  | { readonly kind: 'committed'; readonly head: number; readonly changes: Uint8Array | null }
  | { readonly kind: 'signals'; readonly changes: Uint8Array }
  | { readonly kind: 'connectors'; readonly list: SystemHealthDocument['connectors']['list'] }
  | { readonly kind: 'figures'; readonly figures: EngineFigures }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'observed'; readonly answers: readonly ObservedAnswer[] }
  | { readonly kind: 'failed'; readonly error: ThreadError }
  | { readonly kind: 'refused'; readonly id: number; readonly error: ThreadError };
