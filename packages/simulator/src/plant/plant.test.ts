import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoPlant } from './demo/demo-plant.ts';
import { createPlant, type PlantOptions, type PlantPost } from './plant.ts';

const HOUR = 3_600_000;
/** A Monday, 07:00 in Berlin. */
const START = Date.UTC(2026, 0, 5, 6);

function run(hours: number, options: Partial<PlantOptions> = {}): readonly PlantPost[] {
  const plant = createPlant({ spec: demoPlant, seed: 'test', fromMs: START, liveFromMs: START, ...options });
  return plant.advance((options.fromMs ?? START) + hours * HOUR);
}
const observations = (posts: readonly PlantPost[]) =>
  posts.flatMap((post) => (post.kind === 'observation' ? [post.observation] : []));
const acts = (posts: readonly PlantPost[]) => posts.filter((post) => post.kind === 'act');

/** Two hours of history, then live; one run for most of what follows, because it takes a second. */
const LIVE = START + 2 * HOUR;
const day = run(18, { liveFromMs: LIVE });

describe('the virtual plant', { timeout: 30_000 }, () => {
  it('posts the same for the same seed and time, in whatever steps time passes', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.string(), steps, (seed, durations) => {
        const options = { spec: demoPlant, seed, fromMs: START, liveFromMs: START + 300_000 };
        const inSteps = createPlant(options);
        let atMs = START;
        const posts = durations.flatMap((duration) => inSteps.advance((atMs += duration)));
        expect(posts).toEqual(createPlant(options).advance(atMs));
      }),
      { numRuns: 15 },
    );
  });

  it('gives no two observations one key, and posts each line in the order of its time', () => {
    const said = observations(day);
    expect(new Set(said.map(({ key }) => key)).size).toBe(said.length);
    const lastAt = new Map<string, number>();
    for (const { equipment, at } of said) {
      if (Number(at) < (lastAt.get(equipment) ?? 0)) expect.unreachable(`${equipment} went back in time`);
      lastAt.set(equipment, Number(at));
    }
  });

  it('lets no machine be silent for ten seconds, in history for thirty', () => {
    const heardAt = new Map<string, number>();
    const counting = new Set(
      demoPlant.lines.flatMap(({ equipment, tells }) => (tells === 'pulses' ? [equipment] : [])),
    );
    for (const { equipment, at } of observations(day)) {
      // A machine that only counts has nothing to say while it stands.
      if (counting.has(equipment)) continue;
      const atMs = Number(at);
      const silentMs = atMs - (heardAt.get(equipment) ?? START);
      if (silentMs > (atMs > LIVE + 30_000 ? 10_000 : 30_000)) {
        expect.unreachable(`${equipment} was silent for ${silentMs} ms`);
      }
      heardAt.set(equipment, atMs);
    }
    expect(heardAt.size).toBe(9);
  });

  it('never counts down, and never more than two parts a second on a line', () => {
    const byEquipment = Map.groupBy(observations(day), ({ equipment }) => equipment);
    for (const { equipment, unitsPerCycle } of demoPlant.lines) {
      let counter = 0;
      let rejected = 0;
      let increments = 0;
      for (const said of byEquipment.get(equipment) ?? []) {
        if ((said.counter ?? counter) < counter) expect.unreachable(`${equipment} counted down`);
        if ((said.rejectCounter ?? rejected) < rejected) expect.unreachable(`${equipment} took rejects back`);
        counter = said.counter ?? counter;
        rejected = said.rejectCounter ?? rejected;
        increments += (said.good ?? 0) + (said.scrap ?? 0) + (said.rework ?? 0);
      }
      expect(counter * increments).toBe(0);
      expect((counter + increments) * unitsPerCycle).toBeGreaterThan(900);
      expect(counter + increments).toBeLessThan(2 * 18 * 3_600);
    }
  });

  it('begins its counters at 0 where nobody saw what was before', () => {
    const liveFromMs = START + HOUR;
    const unseen = run(1.01, { liveFromMs, unseen: true });
    const live = unseen.flatMap((post) =>
      post.kind === 'observation' && post.live ? [post.observation] : [],
    );
    for (const { equipment, counts, tells } of demoPlant.lines) {
      const first = live.find((said) => said.equipment === equipment);
      expect(first?.at).toBe(liveFromMs);
      expect(first?.counter).toBe(counts === 'totals' ? 0 : undefined);
      expect(first?.state !== undefined).toBe(tells !== 'pulses');
      expect(first?.product).toBeDefined();
    }
  });

  it('changes state somewhere every few seconds', () => {
    const states = new Map<string, string | undefined>();
    let changes = 0;
    for (const { equipment, state } of observations(day)) {
      if (state === undefined || states.get(equipment) === state) continue;
      states.set(equipment, state);
      changes += 1;
    }
    expect((18 * 3_600) / changes).toBeLessThan(12);
    expect((18 * 3_600) / changes).toBeGreaterThan(2);
  });

  it('runs jobs and changeovers on every line', () => {
    const commands = acts(day);
    for (const { line } of demoPlant.lines) {
      const ofLine = commands.filter(({ act }) => 'data' in act && act.data.line === line);
      const order = ofLine
        .map(({ act }) => act.command)
        .filter((command) => /Job$|Changeover$/.test(command));
      expect(order.slice(0, 3)).toEqual(['completeChangeover', 'completeJob', 'startJob']);
      expect(order.slice(3, 7)).toEqual(['completeJob', 'startChangeover', 'completeChangeover', 'startJob']);
    }
  });

  it('stands in breaks where people are not relieved, and runs through where they are', () => {
    // 11:30 to 12:00, without its first and last three minutes.
    const from = START + 4.5 * HOUR + 180_000;
    const to = START + 5 * HOUR - 180_000;
    for (const { equipment, breaks } of demoPlant.lines) {
      const made = observations(day).filter(
        ({ equipment: who, at, good, counter }) =>
          who === equipment && Number(at) > from && Number(at) < to && (good ?? counter) !== undefined,
      );
      if (breaks === 'stands') expect(made.length).toBeLessThan(3);
      else expect(made.length).toBeGreaterThan(0);
    }
  });
});

describe('the people of the plant', () => {
  const commands = acts(day);
  const calls = new Map<string, Map<string, number>>();
  for (const { act, atMs } of commands) {
    if (!('call' in act)) continue;
    const steps = calls.get(act.call) ?? new Map<string, number>();
    calls.set(act.call, steps.set(act.command, atMs));
  }

  it('raise, acknowledge and resolve each call in that order, or take it back', () => {
    expect(calls.size).toBeGreaterThan(100);
    for (const steps of calls.values()) {
      const order = [...steps.keys()];
      expect([
        'raiseCall',
        'raiseCall,acknowledgeCall',
        'raiseCall,acknowledgeCall,resolveCall',
        'raiseCall,cancelCall',
      ]).toContain(order.join());
    }
  });

  it('are sometimes quick and sometimes slow to answer', () => {
    const waits = [...calls.values()].flatMap((steps) => {
      const raised = steps.get('raiseCall');
      const acknowledged = steps.get('acknowledgeCall');
      return raised === undefined || acknowledged === undefined ? [] : [(acknowledged - raised) / 1000];
    });
    const sorted = waits.sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeGreaterThan(20);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(240);
    expect(sorted.at(-1)).toBeGreaterThan(600);
  });

  it('have at most one call of a type open on a line', () => {
    const open = new Map<string, string>();
    for (const { act } of commands) {
      if (act.command === 'raiseCall') {
        const place = `${act.data.line} ${act.data.callType}`;
        expect([...open.values()]).not.toContain(place);
        open.set(act.call, place);
      } else if (act.command === 'resolveCall' || act.command === 'cancelCall') {
        open.delete(act.call);
      }
    }
  });

  it('do not act before the plant is live', () => {
    for (const { atMs } of commands) expect(atMs).toBeGreaterThanOrEqual(LIVE);
  });
});

describe('the machine that only counts', () => {
  it('says nothing of its state, and every observation says something', () => {
    const said = observations(day).filter(({ equipment }) => equipment === 'packaging/palletising/robot');
    expect(said.length).toBeGreaterThan(1000);
    for (const { state, reason, product, good, scrap, telemetry } of said) {
      expect([state, reason]).toEqual([undefined, undefined]);
      expect([product, good, scrap, telemetry].some((value) => value !== undefined)).toBe(true);
    }
    expect(new Set(said.map(({ product }) => product))).toEqual(new Set([undefined, 'pallet-a', 'pallet-b']));
  });
});

describe('the PackML machines', () => {
  /** ISA-TR88.00.02, as far as the cartoner and the wrapper use it. */
  const legal: Readonly<Record<string, readonly string[]>> = {
    Execute: ['Holding', 'Suspending', 'Stopping', 'Aborting'],
    Holding: ['Held'],
    Held: ['Unholding'],
    Unholding: ['Execute', 'Stopping', 'Holding', 'Suspending', 'Aborting'],
    Suspending: ['Suspended'],
    Suspended: ['Unsuspending'],
    Unsuspending: ['Execute', 'Stopping'],
    Aborting: ['Aborted'],
    Aborted: ['Clearing'],
    Clearing: ['Stopped'],
    Stopping: ['Stopped'],
    Stopped: ['Resetting'],
    Resetting: ['Idle'],
    Idle: ['Starting'],
    Starting: ['Execute', 'Stopping'],
  };

  it.each(['packaging/cartoning/cartoner', 'packaging/flow-wrap/wrapper'])(
    'keep to its transitions: %s',
    (path) => {
      let before = 'Execute';
      for (const { equipment, state } of observations(day)) {
        if (equipment !== path || state === undefined || state === before) continue;
        expect(legal[before], `${before} to ${state}`).toContain(state);
        before = state;
      }
    },
  );
});
