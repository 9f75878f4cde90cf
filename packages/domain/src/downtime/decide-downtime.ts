import type { EngineState } from '../engine/engine-state.ts';
import type { StepResult } from '../engine/engine-types.ts';
import type { EpochMs, PlantConfig } from '../plant/plant.ts';
import { decideClassify, decideClassifyMany } from './decide-classify.ts';
import { decideMerge, decideNote, decideSplit } from './decide-split-merge.ts';
import type { DowntimeCommand } from './downtime-events.ts';

export function isDowntimeCommand<Command extends { readonly name: string }>(
  command: Command,
): command is Extract<Command, DowntimeCommand> {
  return /Downtimes?$/.test(command.name);
}

/** What people say of stops, at any time inside the edit window. */
export function decideDowntime(
  state: EngineState,
  config: PlantConfig,
  command: DowntimeCommand,
  author: string,
  at: EpochMs,
  now: EpochMs,
): StepResult {
  if (command.name === 'classifyDowntime') return decideClassify(state, config, command, author, at, now);
  if (command.name === 'classifyDowntimes')
    return decideClassifyMany(state, config, command, author, at, now);
  if (command.name === 'splitDowntime') return decideSplit(state, config, command, author, at, now);
  if (command.name === 'mergeDowntimes') return decideMerge(state, config, command, author, at, now);
  return decideNote(state, config, command, author, at, now);
}
