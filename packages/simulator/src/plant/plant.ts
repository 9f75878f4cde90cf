import type { ObservationInput } from '@ms5/wire/factory';
import { createRandom } from '../random/random.ts';
import { beginLine, nextAt, resetCounters, stepLine } from './line.ts';
import { announce } from './line-said.ts';
import type { LineSpec } from './line-spec.ts';
import type { Happening, LineState, Surroundings } from './line-state.ts';
import { createPeople, type LeftCall, type People, type PeopleSpec, type PlannedAct } from './people.ts';
import { prolongStop, standsUntil } from './phases.ts';
import type { WorkCalendar } from './work-calendar.ts';

export interface PlantSpec {
  readonly lines: readonly [LineSpec, ...LineSpec[]];
  readonly people: PeopleSpec;
  readonly calendar: WorkCalendar;
}

export interface PlantOptions {
  readonly spec: PlantSpec;
  readonly seed: string;
  /** From here the machines run; what they do before `liveFromMs` is history. */
  readonly fromMs: number;
  /** From here they report in full, and people act. */
  readonly liveFromMs: number;
  /**
   * Nobody is told of the time before `liveFromMs`. Counters then begin at 0 with it, as after a machine was
   * switched on: a total that came out of nowhere would be taken for parts made unobserved. Default false.
   */
  readonly unseen?: boolean;
  /** Calls on the board that the plant's people are to deal with. */
  readonly leftCalls?: readonly LeftCall[];
}

/** What the plant sends to the server, in the order of its own time. */
export type PlantPost =
  | {
      readonly kind: 'observation';
      readonly atMs: number;
      readonly live: boolean;
      readonly observation: ObservationInput;
    }
  | ({ readonly kind: 'act' } & PlannedAct);

export interface Plant {
  /** Lets time pass up to `toMs` and returns what was posted meanwhile. In how many steps makes no difference. */
  advance(toMs: number): readonly PlantPost[];
}

interface RunningLine {
  readonly spec: LineSpec;
  readonly surroundings: Surroundings;
  state: LineState;
}

/**
 * Machines and people of a plant. No clock, no I/O: the same options and the same time give the same posts.
 * Keys name the plant's beginning, so no two runs share one.
 */
export function createPlant(options: PlantOptions): Plant {
  const { spec, seed, fromMs, liveFromMs, unseen = false, leftCalls = [] } = options;
  const run = `${seed}:${fromMs.toString(36)}:${liveFromMs.toString(36)}`;
  const people = createPeople(spec.people, createRandom(`${seed}/people`), liveFromMs);
  const posts: PlantPost[] = [];
  const planned: PlannedAct[] = [];
  let live = false;
  let observationCount = 0;

  const plan = (acts: readonly PlannedAct[]) => {
    planned.push(...acts);
    planned.sort((a, b) => a.atMs - b.atMs);
  };
  const tell = (line: RunningLine, happenings: readonly Happening[]) => {
    for (const happening of happenings) {
      if (happening.kind === 'observed') {
        const key = `${run}:${++observationCount}`;
        const observation = { ...happening.observation, source: 'virtual-plant', key };
        posts.push({ kind: 'observation', atMs: happening.atMs, live, observation });
      } else if (live) {
        plan(answerTo(line, happening, people));
      }
    }
  };
  const lines = spec.lines.map((lineSpec): RunningLine => {
    const random = createRandom(`${seed}/${lineSpec.line}`);
    const surroundings = { random, calendar: spec.calendar, liveFromMs };
    const { state, happenings } = beginLine(lineSpec, fromMs, surroundings);
    const line = { spec: lineSpec, surroundings, state };
    tell(line, happenings);
    return line;
  });
  const goLive = () => {
    live = true;
    for (const left of leftCalls) plan(people.onLeftCall(left, liveFromMs));
    lines.forEach((line, index) => {
      if (unseen) line.state = resetCounters(line.state);
      tell(line, announce(line.spec, line.state, liveFromMs));
      plan(takeOver(line, liveFromMs + 1_000 + index * 300, people));
    });
  };

  return {
    advance(toMs) {
      for (;;) {
        const line = lines.reduce((first, other) =>
          nextAt(other.state) < nextAt(first.state) ? other : first,
        );
        const lineAtMs = nextAt(line.state);
        const actAtMs = planned[0]?.atMs ?? Number.POSITIVE_INFINITY;
        const callAtMs = people.nextSpontaneousAtMs();
        const atMs = Math.min(lineAtMs, actAtMs, callAtMs);
        if (!live && liveFromMs <= Math.min(atMs, toMs)) {
          goLive();
          continue;
        }
        if (atMs > toMs) return posts.splice(0);
        if (atMs === actAtMs) {
          const [act] = planned.splice(0, 1);
          if (act !== undefined) posts.push({ kind: 'act', ...act });
        } else if (atMs === callAtMs) {
          plan(people.callSpontaneously(spec.lines));
        } else {
          const { state, happenings } = stepLine(line.spec, line.state, line.surroundings);
          line.state = state;
          tell(line, happenings);
        }
      }
    },
  };
}

/** What people do about a thing that happened on their line. */
function answerTo(
  line: RunningLine,
  happening: Exclude<Happening, { kind: 'observed' }>,
  people: People,
): readonly PlannedAct[] {
  const { line: path, operator: by } = line.spec;
  const { atMs } = happening;
  switch (happening.kind) {
    case 'stopped': {
      const { acts, untilMs } = people.onStop(line.spec, happening.cause, atMs, happening.untilMs);
      line.state = prolongStop(line.state, untilMs);
      return [...acts, ...inspect(line.spec, atMs)];
    }
    case 'jobEnded':
      return [{ atMs: atMs + 1_500, by, act: { command: 'completeJob', data: { line: path } } }];
    case 'changeoverStarted': {
      const data = { line: path, toProduct: happening.toProduct };
      return [{ atMs: atMs + 2_500, by, act: { command: 'startChangeover', data } }];
    }
    case 'changeoverEnded':
      return [{ atMs: atMs + 1_500, by, act: { command: 'completeChangeover', data: { line: path } } }];
    case 'jobBegan': {
      const { workOrder, product, targetCount } = happening.job;
      const data = { line: path, workOrder, product: product.id, targetCount };
      return [{ atMs: atMs + 2_500, by, act: { command: 'startJob', data } }];
    }
    default:
      return happening satisfies never;
  }
}

/** At a stop the operator measures a part, and throws one out. Values follow from the time alone. */
function inspect({ line, operator: by, inspection }: LineSpec, atMs: number): readonly PlannedAct[] {
  if (inspection === undefined) return [];
  const { characteristic, target, within, defect } = inspection;
  const place = ((Math.floor(atMs / 1000) * 7919) % 61) / 30 - 1;
  const value = Math.round((target + within * place) * 10) / 10;
  return [
    { atMs: atMs + 20_000, by, act: { command: 'enterCount', data: { line, scrap: 1, defect } } },
    {
      atMs: atMs + 30_000,
      by,
      act: { command: 'recordCheck', data: { line, characteristic, values: [value] } },
    },
  ];
}

/**
 * People begin to act on a line that is already at work: what an earlier run of this plant left open is
 * finished (refused, and no harm, where nothing is), then the job or changeover at hand is told.
 */
function takeOver(line: RunningLine, atMs: number, people: People): readonly PlannedAct[] {
  const { line: path, operator: by } = line.spec;
  const { phase, job } = line.state;
  const finish: PlannedAct[] = (['completeChangeover', 'completeJob'] as const).map((command) => ({
    atMs,
    by,
    act: { command, data: { line: path } },
  }));
  if (phase.kind === 'standing' && phase.why.kind === 'changeover') {
    const data = { line: path, toProduct: phase.why.toProduct.id };
    return [...finish, { atMs: atMs + 200, by, act: { command: 'startChangeover', data } }];
  }
  const { workOrder, product } = job;
  const targetCount = Math.max(1, job.targetCount - job.goodCount);
  const data = { line: path, workOrder, product: product.id, targetCount };
  const start: PlannedAct = { atMs: atMs + 200, by, act: { command: 'startJob', data } };
  if (phase.kind !== 'standing' || phase.why.kind !== 'stop') return [...finish, start];
  const { acts, untilMs } = people.onStop(line.spec, phase.why.cause, atMs, standsUntil(phase));
  line.state = prolongStop(line.state, untilMs);
  return [...finish, start, ...acts];
}
