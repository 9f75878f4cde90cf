import type { Clock, HookVerdict } from '@ms5/hub';
import { HOST_LIMITS } from './limits.ts';

/** How a question to a plugin ended. */
type QuestionEnd =
  | { readonly kind: 'verdict'; readonly verdict: HookVerdict; readonly durationMs: number }
  | { readonly kind: 'error'; readonly message: string; readonly durationMs: number }
  | { readonly kind: 'timeout'; readonly durationMs: number };

/** Before-hook calls without an answer. Each ends once: by its answer, its time, or the end of the thread. */
export interface Questions {
  /** `send` gets the question's number, and says whether it could be sent. */
  ask(limitMs: number, send: (id: number) => boolean): Promise<QuestionEnd>;
  answered(id: number, verdict: HookVerdict): void;
  failed(id: number, message: string): void;
  failAll(message: string): void;
}

export function createQuestions(clock: Clock): Questions {
  const open = new Map<number, (end: QuestionEnd) => void>();
  const startedAt = new Map<number, number>();
  let lastId = 0;

  const durationOf = (id: number): number => clock.now() - (startedAt.get(id) ?? clock.now());

  return {
    ask(limitMs, send) {
      if (open.size >= HOST_LIMITS.pendingQuestions) {
        return Promise.resolve({ kind: 'error', message: 'too many questions are open', durationMs: 0 });
      }
      lastId += 1;
      const id = lastId;
      return new Promise((resolve) => {
        const cancel = clock.after(limitMs, () => {
          open.get(id)?.({ kind: 'timeout', durationMs: durationOf(id) });
        });
        startedAt.set(id, clock.now());
        open.set(id, (end) => {
          cancel();
          open.delete(id);
          startedAt.delete(id);
          resolve(end);
        });
        if (!send(id)) open.get(id)?.({ kind: 'error', message: 'it cannot be sent', durationMs: 0 });
      });
    },
    answered(id, verdict) {
      open.get(id)?.({ kind: 'verdict', verdict, durationMs: durationOf(id) });
    },
    failed(id, message) {
      open.get(id)?.({ kind: 'error', message, durationMs: durationOf(id) });
    },
    failAll(message) {
      for (const [id, end] of open) end({ kind: 'error', message, durationMs: durationOf(id) });
    },
  };
}
