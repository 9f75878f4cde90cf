import type { SeededRandom } from '@ms5/testkit';
import { createMemoryEventLog } from '../../packages/server/src/engine/log/event-log-memory.ts';
import type { EventLog } from '../../packages/server/src/engine/log/event-log.ts';
import { LogError } from '../../packages/server/src/engine/log/log-error.ts';

/** What the disk does with the next commit. */
type DiskFault = 'full' | 'lostBefore' | 'lostAfter';

/** A log that outlives the processes that use it. */
export interface SimulatedDisk {
  /** What is on it. */
  readonly durable: EventLog;
  /** The log as one process has it open; an earlier process can write no more. */
  open(): EventLog;
  /** The next commit fails; `lostAfter`: it was written, but nobody learns of it. */
  failNext(fault: DiskFault): void;
  /** The process is gone. */
  detach(): void;
}

export function createDisk(random: SeededRandom): SimulatedDisk {
  const durable = createMemoryEventLog(`log-${random.int(1, 1_000_000)}`);
  let process = 0;
  let fault: DiskFault | null = null;

  return {
    durable,
    open() {
      process += 1;
      const own = process;
      const checkOwner = (): void => {
        if (own !== process) throw new LogError('logFailed', 'the process is gone');
      };
      return {
        ...durable,
        commit(group) {
          checkOwner();
          const present = fault;
          fault = null;
          if (present === null) return durable.commit(group);
          if (present === 'lostAfter') durable.commit(group);
          throw new LogError(present === 'full' ? 'logFull' : 'logFailed', `the disk: ${present}`);
        },
        saveSnapshot(snapshot) {
          checkOwner();
          durable.saveSnapshot(snapshot);
        },
        close: () => undefined,
      };
    },
    failNext(next) {
      fault = next;
    },
    detach() {
      process += 1;
      fault = null;
    },
  };
}
