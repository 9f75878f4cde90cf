import type { Clock } from '@ms5/hub';
import type { SystemHealthDocument } from '@ms5/wire/factory';

/** How often the line on a terminal is drawn anew, and how often one is printed elsewhere (a log file). */
const TERMINAL_INTERVAL_MS = 2_000;
const PLAIN_INTERVAL_MS = 60_000;

export interface DemoFigures {
  readonly offset: number;
  readonly screens: number;
  readonly connectors: SystemHealthDocument['connectors']['list'];
  /** What the virtual plant does. */
  readonly simulator: string;
}

/** One line that says what is going on; returns a function that ends it. */
export function showStatus(clock: Clock, output: NodeJS.WriteStream, figures: () => DemoFigures): () => void {
  const isTerminal = output.isTTY;
  const intervalMs = isTerminal ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS;
  let before = figures();
  let cancel = clock.after(intervalMs, draw);

  function draw(): void {
    const now = figures();
    const text = describeStatus(before, now, intervalMs);
    before = now;
    output.write(isTerminal ? `\r\u001b[K${text.slice(0, widthOf(output) - 1)}` : `${text}\n`);
    cancel = clock.after(intervalMs, draw);
  }
  return () => {
    cancel();
    if (isTerminal) output.write('\r\u001b[K');
  };
}

export function describeStatus(before: DemoFigures, now: DemoFigures, intervalMs: number): string {
  const perSecond = ((now.offset - before.offset) / intervalMs) * 1_000;
  const connectors = now.connectors.map(({ id, status }) => `${id} ${status}`).join(', ');
  return [
    `log at entry ${now.offset.toLocaleString('en-GB')} (+${perSecond.toFixed(1)}/s)`,
    ...(connectors === '' ? [] : [connectors]),
    now.simulator,
    `${now.screens} ${now.screens === 1 ? 'screen' : 'screens'}`,
  ].join(' · ');
}

/** Some terminals do not tell their width. */
function widthOf({ columns }: NodeJS.WriteStream): number {
  return columns > 0 ? columns : 80;
}
