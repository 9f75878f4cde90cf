import { fork } from 'node:child_process';
import type { Rest } from '@ms5/testkit';
import type { Json } from '@ms5/wire';
import type { ClientOrder, ClientReport, DeviceOrder } from './client-orders.ts';
import { systemClock } from './system-clock.ts';

type Ended = Extract<ClientReport, { report: 'end' }>;

/** A client's process, which serves one device after another. */
export interface ClientHandle {
  begin(device: DeviceOrder): void;
  command(name: string, data: Json, deadline: number | null): void;
  tell(order: 'nudge' | 'reopen' | 'relisten'): void;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  isFrozen(): boolean;
  /** `null`: no answer in time. */
  rest(): Promise<{ readonly rest: Rest; readonly isSettled: boolean } | null>;
  end(): Promise<Ended>;
  /** Ends the process. */
  close(): Promise<void>;
}

const REST_MS = 2_000;

export function startClientProcess(program: string): ClientHandle {
  const child = fork(program, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, (report: ClientReport) => void>();
  const exited = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
  });
  let nextId = 1;
  let name = '';
  let isFrozen = false;
  child.on('message', (message) => {
    const report = message as ClientReport;
    waiting.get(report.id)?.(report);
    waiting.delete(report.id);
  });
  const send = (order: ClientOrder): void => void child.send(order);

  function ask(order: 'rest' | 'end'): Promise<ClientReport> {
    const id = nextId;
    nextId += 1;
    send({ order, id });
    return new Promise((resolve, reject) => {
      waiting.set(id, resolve);
      void exited.then(() => reject(new Error(`the process of ${name} ended`)));
    });
  }

  function thaw(): void {
    if (!isFrozen) return;
    isFrozen = false;
    child.kill('SIGCONT');
  }

  return {
    begin(device) {
      ({ name } = device);
      send({ order: 'begin', device });
    },
    command: (command, data, deadline) => send({ order: 'command', name: command, data, deadline }),
    tell: (order) => send({ order }),
    freeze() {
      if (isFrozen) return;
      isFrozen = true;
      child.kill('SIGSTOP');
    },
    thaw,
    isFrozen: () => isFrozen,
    async rest() {
      const tooLate = new Promise<null>((resolve) => {
        systemClock.after(REST_MS, () => resolve(null));
      });
      const report = await Promise.race([ask('rest'), tooLate]);
      if (report?.report !== 'rest') return null;
      const { topics, status, pending } = report;
      return {
        rest: { client: name, isMatched: () => true, topics },
        isSettled: status === 'live' && pending === 0,
      };
    },
    async end() {
      thaw();
      return (await ask('end')) as Ended;
    },
    async close() {
      thaw();
      child.disconnect();
      await exited;
    },
  };
}
