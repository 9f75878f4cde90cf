import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createPlant } from '../plant.ts';
import { demoPlant } from './demo-plant.ts';

const yaml = readFileSync(new URL('../../../../../plants/demo.yaml', import.meta.url), 'utf8');
const START = Date.UTC(2026, 0, 5, 6);

/** The text from a line that reads `key:` to the next line that is not deeper. */
function section(key: string): string {
  const lines = yaml.split('\n');
  const first = lines.findIndex((line) => line.trim() === `${key}:`);
  const indent = lines[first]?.search(/\S/) ?? 0;
  const rest = lines.slice(first + 1);
  const end = rest.findIndex(
    (line) => line.trim() !== '' && line.search(/\S/) <= indent && !line.startsWith('#'),
  );
  return rest.slice(0, end === -1 ? undefined : end).join('\n');
}
const ids = (text: string) => [...text.matchAll(/\b(?:id|code): ([\w-]+)/g)].map((match) => match[1] ?? '');

/** State names that the configuration has built in, as far as the virtual machines use them. */
const BUILT_IN = [
  'running stopped idle setup blocked starved',
  'Execute Holding Held Unholding Suspending Suspended Unsuspending Stopping',
  'Stopped Resetting Idle Starting Aborting Aborted Clearing',
  'ACTIVE READY WAIT FEED_HOLD INTERRUPTED STOPPED',
].flatMap((names) => names.split(' '));

describe('the virtual plant says only what plants/demo.yaml knows', () => {
  const posts = createPlant({ spec: demoPlant, seed: 'yaml', fromMs: START, liveFromMs: START }).advance(
    START + 20 * 3_600_000,
  );
  const said = posts.flatMap((post) => (post.kind === 'observation' ? [post.observation] : []));
  const set = (values: readonly (string | null | undefined)[]) =>
    new Set(values.filter((value) => typeof value === 'string'));

  it('equipment', () => {
    const known = ids(section('areas'));
    for (const path of set(said.map(({ equipment }) => equipment))) {
      for (const level of path.split('/')) expect(known).toContain(level);
    }
  });

  it('products, and their ideal cycles', () => {
    for (const { products } of demoPlant.lines) {
      for (const { id, idealCycleMs } of products) {
        const cycle = new RegExp(`id: ${id}, .*idealCycle: ([^ }]+)`).exec(section('products'))?.[1] ?? '';
        expect([id, milliseconds(cycle)]).toEqual([id, idealCycleMs]);
      }
    }
  });

  it('reasons and states', () => {
    const reasons = ids(section('reasons'));
    for (const reason of set(said.map((item) => item.reason))) expect(reasons).toContain(reason);
    const mappings = section('stateMappings');
    const states = [...BUILT_IN, ...[...mappings.matchAll(/^ {4}(\w+):/gm)].map((match) => match[1])];
    for (const state of set(said.map((item) => item.state))) expect(states).toContain(state);
  });

  it('people', () => {
    const users = ids(section('users'));
    for (const by of set(posts.map((post) => (post.kind === 'act' ? post.by : undefined)))) {
      expect(users).toContain(by);
    }
  });

  it('breaks and units per count', () => {
    for (const { fromMs, toMs } of [0, 3, 7, 10, 14, 18].map((hours) =>
      demoPlant.calendar.breakAt(START + hours * 3_600_000),
    )) {
      expect(section('shifts')).toMatch(new RegExp(`from: .${berlin(fromMs)}., to: .${berlin(toMs)}.`));
    }
    for (const { equipment, unitsPerCycle } of demoPlant.lines) {
      const own = section('areas')
        .split(`- id: ${equipment.split('/')[2]}\n`)[1]
        ?.split('- id:')[0];
      expect(/unitsPerCount: (\d+)/.exec(own ?? '')?.[1] ?? '1').toBe(String(unitsPerCycle));
    }
  });
});

function milliseconds(cycle: string): number {
  const rate = /^([\d.]+)\/(min|h)$/.exec(cycle);
  if (rate !== null) return (rate[2] === 'h' ? 3_600_000 : 60_000) / Number(rate[1]);
  return Number(cycle.replace(/s$/, '')) * 1000;
}

function berlin(ms: number): string {
  const options = { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' } as const;
  return new Date(ms).toLocaleTimeString('en-GB', options);
}
