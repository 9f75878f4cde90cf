import { sleep } from '../measure/child.ts';
import { startLoad, type LoadReport } from '../measure/load.ts';
import { openFileLimit, residentBytes, tcpBufferBytes } from '../measure/proc.ts';
import { figure, medianOf, verdict, type Measurement } from '../measure/result.ts';
import type { Row, RowContext } from '../measure/row.ts';
import { EVENTS, startGateway, using } from './gateway.ts';

const ROW = 'stalled';
const OTHERS = 200;
const RATE = 1_000;
/** Until the stream's history is full: what grows from then on is due to the readers. */
const FILL_MS = 12_000;
/** The server cuts whoever was silent for so long. */
const SILENCE_MS = 33_000;
const KEEP_ALIVE_MS = 8_000;

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

/** What is in use after garbage collection; resident memory also holds what the runtime keeps for later. */
const liveBytes = ({ heapUsed, external }: Memory): number => heapUsed + external;
/** More for each stalled reader, over the time observed, is growth; so much in all comes and goes by itself. */
const FLAT_BYTES = 512;
const NOISE_BYTES = 8_000_000;

/**
 * Readers that never read, beside others. With `isKeptAlive` they still say something, so nobody takes them for dead.
 */
async function withStalled(isKeptAlive: boolean, context: RowContext): Promise<Measurement> {
  const count = context.isShort ? 2_000 : Math.min(10_000, openFileLimit() - OTHERS - 500);
  const what = isKeptAlive ? 'silence detection off' : 'before silence detection cuts them';
  context.say(`${count} readers that never read, ${what} ...`);
  const gateway = await startGateway();
  const load = await startLoad();
  const others = await startLoad();
  const observe = async (durationMs: number): Promise<LoadReport> => {
    await others.call('begin', { sampleEvery: 20 });
    await sleep(durationMs);
    return others.call<LoadReport>('report');
  };
  return using([load, others, gateway.child], async () => {
    await others.call('connect', gateway.order(OTHERS, [EVENTS]));
    await gateway.child.call('publish', { rate: RATE, topic: EVENTS });
    await sleep(FILL_MS);
    const before = await observe(4_000);
    const more = isKeptAlive ? { keepAliveMs: KEEP_ALIVE_MS } : {};
    const order = { ...gateway.order(count, [EVENTS], more), isFrozen: true };
    const connectMs = await load.call<number>('connect', order, 300_000);
    await sleep(2_000);
    const full = await gateway.child.call<Memory>('collectGarbage');
    // Whoever came first has been silent since the connecting began.
    const leftMs = SILENCE_MS - 6_000 - connectMs;
    const durationMs = isKeptAlive ? (context.isShort ? 10_000 : 50_000) : Math.max(5_000, leftMs);
    const meanwhile = await observe(context.isShort ? 8_000 : durationMs);
    const after = await gateway.child.call<Memory>('collectGarbage');
    const still = await gateway.child.call<{ readonly connections: number }>('figures');
    const figures = [
      figure('stalled', '', count),
      figure('in use when stalled', 'MB', liveBytes(full) / 1e6),
      figure('in use after', 'MB', liveBytes(after) / 1e6),
      figure('growth each', 'B', (liveBytes(after) - liveBytes(full)) / count),
      figure('resident when stalled', 'MB', full.rss / 1e6),
      figure('resident after', 'MB', after.rss / 1e6),
      figure('observed for', 's', meanwhile.elapsedMs / 1_000),
      figure("others' p99", 'ms', meanwhile.p99Ms),
      figure("others' p99 without them", 'ms', before.p99Ms),
      figure("others' gaps", '', meanwhile.gaps),
      figure('connections after', '', still.connections),
      figure('kernel socket buffers', 'MB', tcpBufferBytes() / 1e6),
    ];
    if (!isKeptAlive && !context.isShort) {
      await sleep(SILENCE_MS);
      const { connections } = await gateway.child.call<{ readonly connections: number }>('figures');
      figures.push(figure('connections once silence was noticed', '', connections));
      figures.push(figure('resident then', 'MB', residentBytes(gateway.child.pid) / 1e6));
    }
    return { row: ROW, subject: 'MS5', condition: what, figures, notes: [] };
  });
}

export const stalled: Row = {
  name: ROW,
  what: '10,000 readers that never read: memory, and what others feel of them',
  async run(context) {
    const cut = await withStalled(false, context);
    const kept = await withStalled(true, context);
    const verdicts = [cut, kept].map((one) => {
      const growth = medianOf(one, 'growth each');
      const p99 = medianOf(one, "others' p99");
      const before = medianOf(one, "others' p99 without them");
      const resident = medianOf(one, 'resident after') - medianOf(one, 'resident when stalled');
      const text = `${growth.toFixed(0)} B each in ${medianOf(one, 'observed for').toFixed(0)} s (resident ${resident.toFixed(0)} MB); others' p99 ${p99.toFixed(0)} ms, ${before.toFixed(0)} ms without them`;
      const isMet =
        growth < Math.max(FLAT_BYTES, NOISE_BYTES / medianOf(one, 'stalled')) &&
        medianOf(one, "others' gaps") === 0 &&
        p99 < Math.max(150, before * 1.5);
      return verdict(
        ROW,
        `10,000 that never read, ${one.condition}: memory flat, others unharmed`,
        text,
        isMet,
      );
    });
    return { measurements: [cut, kept], verdicts };
  },
};
