import { systemClock } from '../engine/system-clock.ts';
import { rebuildHistory, type RebuildProgress } from '../history/rebuild.ts';
import type { RebuildOptions } from './program.ts';

/** How often progress is shown on a terminal, ms. */
const SHOW_MS = 500;

export function rebuild({ data }: RebuildOptions): void {
  let shownMs = 0;
  const show = (progress: RebuildProgress): void => {
    if (!process.stderr.isTTY || progress.elapsedMs - shownMs < SHOW_MS) return;
    shownMs = progress.elapsedMs;
    const share = progress.head === 0 ? 1 : progress.position / progress.head;
    process.stderr.write(`\r${Math.floor(share * 100)} %  ${rateText(progress)}\u001b[K`);
  };
  const { position, events, elapsedMs } = rebuildHistory(data, systemClock, show);
  if (shownMs > 0) process.stderr.write('\r\u001b[K');
  const rate = rateText({ position, head: position, events, elapsedMs });
  process.stdout.write(
    `History rebuilt from ${number(position)} entries with ${number(events)} events in ${(elapsedMs / 1000).toFixed(1)} s (${rate})\n`,
  );
}

function rateText({ events, elapsedMs }: RebuildProgress): string {
  return `${number(Math.round((events * 1000) / Math.max(1, elapsedMs)))} events/s`;
}

function number(value: number): string {
  return value.toLocaleString('en-GB');
}
