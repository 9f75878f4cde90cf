import type { SignalChange } from '@ms5/hub';
import type { HistoryFigures, HistoryQuery, HistoryReply } from '../history-port.ts';
import type { HistorySettings } from '../settings.ts';

/** What the history's thread is started with. */
export interface HistoryThreadData {
  readonly dataDir: string;
  readonly settings: HistorySettings;
}

export type HistoryCall =
  | { readonly kind: 'query'; readonly id: number; readonly query: HistoryQuery; readonly head: number }
  | { readonly kind: 'signals'; readonly changes: readonly SignalChange[] }
  | { readonly kind: 'close' };

export type HistoryMessage =
  | { readonly kind: 'notReady'; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly reply: HistoryReply<unknown> }
  | { readonly kind: 'refused'; readonly id: number; readonly message: string }
  | { readonly kind: 'figures'; readonly figures: HistoryFigures }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'closed' };
