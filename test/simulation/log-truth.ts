import type { FactoryCommand } from '@ms5/domain';
import { createTruth, type LoggedCommand, type Truth } from '@ms5/testkit';
import type { Plant } from '../../packages/server/src/config/index.ts';
import { recover } from '../../packages/server/src/engine/core/recover.ts';
import type { EventLog } from '../../packages/server/src/engine/log/event-log.ts';

/** What a log says, told by replaying all of it: no snapshot, nothing of what was sent. */
export interface LogTruth {
  readonly truth: Truth;
  /** Commands by what they were about, which is unique: what was done, not what was asked for. */
  readonly commands: readonly LoggedCommand[];
  /** Good parts counted, by the amount, which is unique to each observation. */
  readonly counted: readonly number[];
  /** Data of what others published. */
  readonly published: readonly string[];
}

/** What a command was about, where that is unique to it. */
function aboutOf(command: FactoryCommand): string | null {
  if (command.name === 'raiseCall') return command.note ?? null;
  return command.name === 'enterCount' ? `count ${command.good}` : null;
}

export function readLog(log: EventLog, plant: Plant, epoch: string, now: number): LogTruth {
  const truth = createTruth();
  const commands: LoggedCommand[] = [];
  const counted: number[] = [];
  const published: string[] = [];
  truth.begin(epoch);
  const whole: EventLog = { ...log, latestSnapshot: () => undefined };
  recover(whole, plant.config, now, (entry, changes) => {
    const { offset, at, cause, outcome } = entry;
    truth.commit({ offset, at, changes });
    const about = cause.kind === 'command' ? aboutOf(cause.command) : null;
    if (about !== null) {
      const status = outcome !== null && 'status' in outcome ? outcome.status : 'unknown';
      commands.push({ key: { clientId: about, counter: 0 }, offset, atMs: at, status });
    } else if (cause.kind === 'observations') {
      for (const { good } of cause.observations) if (good !== undefined) counted.push(good);
    } else if (cause.kind === 'published') {
      for (const change of changes)
        if (change.kind === 'stream') published.push(new TextDecoder().decode(change.entry));
    }
  });
  return { truth, commands, counted, published };
}
