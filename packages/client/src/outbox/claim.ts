/** `navigator.locks`, as far as it is used. */
export interface LockPort {
  request(
    name: string,
    options: { readonly ifAvailable: true },
    callback: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>;
}

/** Resolves with the lock's release, or `null` when somebody else has it. */
export function claimByLock(locks: LockPort, name: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(null);
          return undefined;
        }
        // Held as long as this promise is open, and let go by the browser when the tab dies.
        return new Promise<void>((release) => {
          resolve(() => release());
        });
      })
      .catch(reject);
  });
}

interface Lease {
  readonly holder: string;
  readonly heldUntil: number;
}

export function leaseIsHeld(lease: Lease | undefined, holder: string, now: number): boolean {
  return lease !== undefined && lease.holder !== holder && lease.heldUntil > now;
}

export function takeLease(
  record: { readonly nextCounter: number } | undefined,
  clientId: string,
  holder: string,
  heldUntil: number,
) {
  return { clientId, nextCounter: record?.nextCounter ?? 1, holder, heldUntil };
}
