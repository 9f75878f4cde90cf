import type { Json, Outcome } from '@ms5/client';

/**
 * What is true of a person's act. `pending` reads as *sending* while connected, and as *saved here* while not, once
 * the outbox holds it; only `onBoard` may look like success, and it is reached by the server's outcome alone.
 */
export type Truth =
  | { readonly stage: 'pending' }
  | { readonly stage: 'onBoard' }
  | { readonly stage: 'notSent'; readonly code: string; readonly message: string | null };

export interface Receipt {
  readonly id: number;
  readonly label: string;
  /** Server time, ms. */
  readonly at: number;
  /** The very object given to the client: the outbox lists it as soon as it is safe there. */
  readonly data: Json;
  readonly truth: Truth;
}

export type ReceiptEvent =
  | {
      readonly type: 'sent';
      readonly id: number;
      readonly label: string;
      readonly at: number;
      readonly data: Json;
    }
  | { readonly type: 'settled'; readonly id: number; readonly truth: Truth }
  | { readonly type: 'dismissed'; readonly id: number };

export function followReceipts(receipts: readonly Receipt[], event: ReceiptEvent): readonly Receipt[] {
  switch (event.type) {
    case 'sent': {
      const { id, label, at, data } = event;
      return [...receipts, { id, label, at, data, truth: { stage: 'pending' } }];
    }
    case 'settled':
      return receipts.map((receipt) =>
        receipt.id === event.id ? { ...receipt, truth: event.truth } : receipt,
      );
    case 'dismissed':
    default:
      return receipts.filter(({ id }) => id !== event.id);
  }
}

/** `duplicate` means that the same act was applied before: it is on the board. */
export function truthOf(outcome: Outcome): Truth {
  switch (outcome.status) {
    case 'applied':
    case 'duplicate':
      return { stage: 'onBoard' };
    case 'expired':
    case 'unknown':
    case 'conflict':
    case 'rejected':
    default:
      return { stage: 'notSent', code: outcome.reason ?? outcome.status, message: outcome.message ?? null };
  }
}

/** Never reached the server: refused here, or the page is being closed. */
export function truthOfFailure(error: unknown): Truth {
  const code =
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
      ? error.code
      : 'failed';
  return { stage: 'notSent', code, message: error instanceof Error ? error.message : String(error) };
}
