import type { SeededRandom } from '../seeded-random.ts';
import { RATES, type Rate } from '@ms5/wire';
import type { FakeClock } from '../fake-clock.ts';
import type { CreateSdk, SimulatedHub, SimulatedSdk } from './delivery-ports.ts';
import { createScreenLink, type ScreenEndpoint, type ScreenLink } from './screen-link.ts';
import { standingOf } from './shown-views.ts';
import type { Rest, Sighting } from './sightings.ts';
import { createStreamPanels } from './stream-panels.ts';
import { createValuePanels } from './value-panels.ts';
import type { Truth } from './truth.ts';

/** An application on the client SDK: panels come and go, people sign out and in, its page is opened anew. */
export interface Screen {
  readonly name: string;
  /** Who is signed in, or will be. */
  readonly user: () => string;
  readonly link: Pick<ScreenLink, 'deliver' | 'deliverLate' | 'drop' | 'die' | 'wake'>;
  /** Its session is there, as far as it knows. */
  readonly isLive: () => boolean;
  /** What it asked for is coming: the worst time to lose the connection. */
  readonly isResuming: () => boolean;
  readonly openPanel: () => void;
  readonly closePanel: () => void;
  readonly signOut: () => void;
  readonly signIn: () => void;
  /** Somebody looks at it again. */
  readonly wakeUp: () => void;
  /** The page is opened anew; one whose client has ended has to be. */
  readonly reopen: () => void;
  readonly hasEnded: () => boolean;
  /** A token of the same user, who may something else now. */
  readonly refresh: () => void;
  readonly sample: () => void;
  /** From here on every listener must hear of everything. */
  readonly conclude: () => void;
  readonly rest: () => Rest;
  readonly close: () => void;
}

export interface ScreenParts {
  readonly name: string;
  readonly endpoint: ScreenEndpoint;
  readonly random: SeededRandom;
  readonly clock: FakeClock;
  readonly truth: Truth;
  readonly hub: () => SimulatedHub;
  readonly createSdk: CreateSdk;
  readonly getToken: (user: string) => Promise<string>;
  readonly sightings: Sighting[];
  readonly onFault: (fault: string) => void;
  readonly spend: () => void;
  readonly trace: ((line: string) => void) | undefined;
}

const VALUE_FILTERS = [
  's/#',
  's/a/l1/#',
  's/+/l2/#',
  's/a/+/status',
  's/a/+/andon',
  's/a/l1/status',
  's/a/l1/downtime',
  's/a/l2/downtime',
  's/a/l2/diagnostics',
];
const STREAM_FILTERS = ['#', 's/#', 's/a/l1/#', 's/+/+/events', 's/a/l2/events'];
/** Each in a lane of its own, at a rate of its own: so requests are divided, and speak of different lanes. */
const RATED_FILTERS = [
  's/a/l1/status',
  's/a/l2/status',
  's/a/l1/downtime',
  's/a/l2/downtime',
  's/a/+/downtime',
  's/a/l2/diagnostics',
  's/a/l1/diagnostics',
];
const PANELS = 8;
/** More than one request holds. */
const CROWD = 505;

export function createScreen(parts: ScreenParts): Screen {
  const { name, random, clock, truth, sightings, onFault } = parts;
  const streams = createStreamPanels(name, sightings);
  const values = createValuePanels({ name, truth, sightings, onFault });
  let panels: { readonly isMatched: (topic: string) => boolean; close(): void }[] = [];
  let user = name;
  let tabs = 0;
  let tellForeground = (): void => {};
  let concludedAt = Infinity;
  const isCrowded = random.chance(0.1);
  const isDivided = random.chance(0.5);
  const link = createScreenLink({
    ...parts,
    onSent: (message) => streams.sent(message),
    onReceived(messages, apply) {
      streams.coming(messages);
      apply();
      // What still comes of a session signed out of is nobody's.
      if (sdk.state().status === 'live') streams.came(messages);
    },
  });
  let sdk = start();

  function start(): SimulatedSdk {
    tabs += 1;
    const started = parts.createSdk({
      clientId: `${name}-${tabs}`,
      clock,
      random,
      isPacked: parts.endpoint === 'ms5.v1.msgpack',
      getToken: () => parts.getToken(user),
      openSocket: (events) => link.open(events),
      onForeground(tell) {
        tellForeground = tell;
      },
      onViolation: (what) => onFault(`${name} took for a violation: ${what}`),
    });
    started.connect();
    return started;
  }

  function openPanel(): void {
    if (random.chance(0.35)) panels.push(streams.open(sdk, random.pick(STREAM_FILTERS)));
    else if (isDivided) panels.push(values.open(sdk, random.pick(RATED_FILTERS), random.pick(RATES)));
    else panels.push(values.open(sdk, random.pick(VALUE_FILTERS), pickRate()));
  }

  const pickRate = (): Rate | null => (random.chance(0.4) ? null : random.pick(RATES));

  function furnish(): void {
    for (let count = random.int(2, 5); count > 0; count -= 1) openPanel();
    if (!isCrowded) return;
    for (let index = 0; index < CROWD; index += 1) {
      const topic = `s/b/l${index}/status`;
      sdk.records(topic, {}).subscribe(() => {});
    }
  }

  function endAll(): void {
    streams.endAll();
    values.endAll();
  }

  function closePanels(): void {
    for (const panel of panels) panel.close();
    panels = [];
  }

  /** What listeners heard last; of streams that none heard of, only what came after the conclusion is missed. */
  function heard(topic: string): number | null {
    const listening = [...streams.all()].filter(({ isMatched }) => isMatched(topic));
    const offsets = listening.flatMap(({ last }) => last.get(topic) ?? []);
    if (offsets.length === listening.length) return offsets.length === 0 ? null : Math.min(...offsets);
    const newest = truth.find(truth.epoch(), topic)?.steps.at(-1)?.offset ?? 0;
    return newest > concludedAt ? -1 : null;
  }

  function rest(): Rest {
    endAllLive();
    const topics = standingOf(values.views());
    for (const { topic, kind, epoch } of truth.present()) {
      const offset = kind === 'stream' ? heard(topic) : null;
      if (offset !== null) topics.set(topic, { epoch, offset, isCurrent: true });
    }
    return {
      client: name,
      isMatched: (topic) =>
        truth.ofTopic(topic)[0]?.kind === 'stream'
          ? topics.has(topic)
          : panels.some((panel) => !('last' in panel) && panel.isMatched(topic)),
      topics,
    };
  }

  function endAllLive(): void {
    values.sample(sdk.state().status === 'live', clock.now());
    values.endAll();
  }

  furnish();
  return {
    name,
    user: () => user,
    link,
    isLive: () => sdk.state().status === 'live' && link.isOpen(),
    isResuming: () => sdk.state().status === 'live' && link.isOpen() && streams.isAwaiting(),
    openPanel() {
      if (panels.length < PANELS) openPanel();
    },
    closePanel() {
      const [closed] = panels.splice(random.int(0, panels.length - 1), 1);
      closed?.close();
    },
    signOut() {
      if (sdk.state().status === 'closed') return;
      sdk.signOut();
      endAll();
      const left = [...values.views().keys()];
      if (left.length > 0) onFault(`${name}: ${left.join(', ')} shown after signing out`);
      if (random.chance(0.7)) user = user === name ? `${name}b` : name;
    },
    signIn: () => sdk.signIn(),
    wakeUp: () => tellForeground(),
    reopen() {
      endAll();
      closePanels();
      sdk.close();
      sdk = start();
      furnish();
    },
    hasEnded: () => sdk.state().status === 'closed',
    refresh: () => link.inject({ type: 'refresh', id: 900_000, token: user }),
    sample: () => values.sample(sdk.state().status === 'live', clock.now()),
    conclude() {
      concludedAt = truth.head(truth.epoch());
    },
    rest,
    close() {
      sdk.close();
      link.drop();
    },
  };
}
