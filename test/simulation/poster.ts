import type { FakeClock, SeededRandom } from '@ms5/testkit';
import { LINES } from './plant.ts';
import type { SimulatedServer } from './server.ts';

/** Where they post to; another one after each restart. */
export interface PostingTarget {
  readonly engine: Pick<SimulatedServer['engine'], 'observe' | 'publish'>;
}

/** A machine and a service that post over a link that loses requests and answers, and repeat until answered. */
export interface Poster {
  observe(): void;
  /** A change of state of the line's machine: it makes an entry. */
  observeState(line: string): void;
  publish(): void;
  /** What still waits for its answer. */
  pending(): readonly string[];
  /** Everything answered is in the log, and nothing is there twice. */
  judge(counted: readonly number[], published: readonly string[]): readonly string[];
}

export interface PosterParts {
  readonly clock: Pick<FakeClock, 'now' | 'after'>;
  readonly random: SeededRandom;
  readonly server: () => PostingTarget | null;
  readonly isCalm: () => boolean;
  /** From one sending to the next, ms; `attempt` counts from 0. */
  readonly retryMs?: (attempt: number) => number;
}

const encoder = new TextEncoder();
const RETRY_MS = 1_500;

export function createPoster({
  clock,
  random,
  server,
  isCalm,
  retryMs = () => RETRY_MS,
}: PosterParts): Poster {
  const waiting = new Set<string>();
  const acceptedCounts = new Set<number>();
  const publishedTexts = new Set<string>();
  let amount = 0;
  let states = 0;
  const running = new Set<string>();

  const isLost = (): boolean => !isCalm() && random.chance(0.15);

  /** Sends until an answer arrives that says it is done. */
  function post(id: string, send: (present: PostingTarget) => Promise<boolean>): void {
    waiting.add(id);
    let attempts = 0;
    const again = (): void => {
      clock.after(retryMs(attempts), attempt);
      attempts += 1;
    };
    const attempt = (): void => {
      if (!waiting.has(id)) return;
      const present = server();
      if (present === null || isLost()) return again();
      let isAnswered = false;
      // Half an answer is none: a process that died answers nobody.
      send(present).then(
        (isDone) => {
          if (isAnswered || present !== server() || isLost()) return;
          isAnswered = true;
          if (isDone) waiting.delete(id);
        },
        () => undefined,
      );
      again();
    };
    attempt();
  }

  function postObservation(
    item: Readonly<Record<string, unknown>>,
    id: string,
    onAccepted: () => void,
  ): void {
    const body = JSON.stringify([{ ...item, key: id }]);
    post(id, async (present) => {
      const reply = await present.engine.observe(encoder.encode(body), 'machine', ['#']);
      if (reply.status !== 'done') return false;
      const status = reply.results[0]?.status;
      if (status === 'accepted' || status === 'duplicate') onAccepted();
      return true;
    });
  }

  const poster: Poster = {
    observe() {
      if (random.chance(0.3)) return poster.observeState(random.pick(LINES));
      amount += 1;
      const good = amount;
      const at = clock.now();
      postObservation({ equipment: `${random.pick(LINES)}/e`, at, good }, `good-${good}`, () => {
        acceptedCounts.add(good);
      });
    },
    observeState(line) {
      states += 1;
      const state = running.has(line) ? 'stopped' : 'running';
      if (!running.delete(line)) running.add(line);
      postObservation({ equipment: `${line}/e`, at: clock.now(), state }, `state-${states}`, () => undefined);
    },
    publish() {
      amount += 1;
      const data = { service: amount };
      const text = JSON.stringify(data);
      const author = { userId: 'service', name: 'Service' };
      post(`publish-${amount}`, async (present) => {
        const request = {
          topic: 'app/works',
          kind: 'stream',
          lane: 'normal',
          data,
          key: text,
          author,
        } as const;
        const { status } = await present.engine.publish(request);
        if (status === 'published') publishedTexts.add(text);
        return status !== 'busy';
      });
    },
    pending: () => [...waiting].map((id) => `${id}: not answered`),
    judge(counted, published) {
      const faults: string[] = [];
      for (const good of acceptedCounts) if (!counted.includes(good)) faults.push(`count ${good}: lost`);
      for (const text of publishedTexts) if (!published.includes(text)) faults.push(`${text}: lost`);
      if (new Set(counted).size < counted.length) faults.push('an observation was counted twice');
      if (new Set(published).size < published.length) faults.push('a publication was made twice');
      return faults;
    },
  };
  return poster;
}
