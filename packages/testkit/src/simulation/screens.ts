import type { SeededRandom } from '../seeded-random.ts';
import { performOne, type Act } from './acts.ts';
import { judgeRest } from './invariants.ts';
import { createScreen, type Screen, type ScreenParts } from './screen.ts';

/** Applications on the client SDK, beside the reference clients. */
export interface Screens {
  /** Each does, or suffers, one thing. */
  step(): Promise<void>;
  deliver(): void;
  drop(): void;
  calm(): void;
  /** One of the rounds in which all comes to rest. */
  settle(round: number): void;
  /** Once all is at rest. */
  judge(): readonly string[];
  close(): void;
}

export interface ScreensParts extends Omit<ScreenParts, 'name' | 'endpoint' | 'onFault'> {
  readonly note: (what: string) => void;
  readonly commit: (count: number) => void;
  readonly changePermissions: (user: string) => void;
  readonly revoke: (user: string) => void;
}

const SCREENS = 2;
/** The round from which on, of those that come to rest, they come back from their last absence. */
const CONCLUDING_ROUND = 30;
const LAST_BREAK = 46;

export function createScreens(parts: ScreensParts): Screens {
  const { random, truth, note } = parts;
  const faults: string[] = [];
  const screens = Array.from({ length: SCREENS }, (_, index) =>
    createScreen({
      ...parts,
      name: `screen${index}`,
      endpoint: random.pick(['ms5.v1.json', 'ms5.v1.msgpack']),
      onFault: (fault) => void faults.push(fault),
    }),
  );

  async function step(screen: Screen): Promise<void> {
    await performOne(random, actsOf(screen, random, parts));
    screen.sample();
  }

  /** What is committed now they miss, and nothing later covers what they do not come to hold of it. */
  function conclude(): void {
    note('screens conclude');
    for (const screen of screens) {
      screen.conclude();
      screen.link.drop();
    }
    parts.commit(10);
  }

  /** The connection breaks again and again before all has come. */
  function falter({ link, isResuming }: Screen): void {
    link.deliver(random.int(1, 3));
    if (isResuming() && random.chance(0.3)) link.drop();
  }

  return {
    async step() {
      for (const screen of screens) await step(screen);
    },
    deliver() {
      for (const { link } of screens) link.deliver(Infinity);
    },
    drop() {
      for (const { link } of screens) link.drop();
    },
    calm() {
      for (const { link } of screens) {
        link.deliverLate(Infinity);
        link.drop();
      }
    },
    settle(round) {
      if (round === CONCLUDING_ROUND) conclude();
      for (const screen of screens) {
        if (screen.hasEnded()) screen.reopen();
        screen.signIn();
        // No reason to wait any longer.
        if (!screen.isLive()) screen.wakeUp();
        screen.link.wake();
        screen.link.deliverLate(Infinity);
        if (round > CONCLUDING_ROUND && round < LAST_BREAK) falter(screen);
        else screen.link.deliver(Infinity);
        screen.sample();
      }
    },
    judge: () => [...faults, ...screens.flatMap((screen) => judgeRest(truth, screen.rest()))],
    close() {
      for (const screen of screens) screen.close();
    },
  };
}

function actsOf(screen: Screen, random: SeededRandom, parts: ScreensParts): readonly Act[] {
  const { note } = parts;
  const { link } = screen;
  const noted = (what: string, perform: () => void) => () => {
    note(`screen ${what}`);
    perform();
  };
  return [
    [40, () => {}],
    [35, () => link.deliver(random.int(1, 6))],
    [35, () => link.deliver(Infinity)],
    [5, () => link.deliverLate(random.int(1, 4))],
    [4, noted('openPanel', screen.openPanel)],
    [4, noted('closePanel', screen.closePanel)],
    [3, noted('break', () => link.drop())],
    ...(screen.isResuming() ? [[12, noted('breakInMidst', () => link.drop())] as const] : []),
    [screen.isLive() ? 0 : 6, screen.wakeUp],
    [1, noted('halfOpen', () => link.die(random.pick(['toClient', 'toServer'])))],
    [2, () => link.wake()],
    [1, noted('foreground', screen.wakeUp)],
    [
      1.5,
      noted('permissions', () => {
        parts.changePermissions(screen.user());
        if (screen.isLive() && random.chance(0.7)) screen.refresh();
        else link.drop();
      }),
    ],
    [0.4, noted('signOut', screen.signOut)],
    [4, screen.signIn],
    [0.3, noted('revoke', () => parts.revoke(screen.user()))],
    [0.3, noted('reopen', screen.reopen)],
    [2, () => (screen.hasEnded() ? screen.reopen() : undefined)],
  ];
}
