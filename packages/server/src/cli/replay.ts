import { fileURLToPath } from 'node:url';
import { replay as replayRecording, ReplayError, type ReplayReport } from '../engine/index.ts';
import { CliError } from './cli-error.ts';
import { OKUMA_PLANT } from './paths.ts';
import type { ReplayOptions } from './program.ts';
import { describeReplay } from './replay-report.ts';
import { requirePlant } from './require-plant.ts';

/** How often progress is shown on a terminal, in bytes read. */
const PROGRESS_BYTES = 4 * 1024 * 1024;

export async function replay(file: string, options: ReplayOptions): Promise<void> {
  const plantFile = options.plant ?? fileURLToPath(OKUMA_PLANT);
  const plant = await requirePlant(plantFile);
  const report = await run(file, plant, options);
  process.stdout.write(
    options.json === true ? `${JSON.stringify(report, null, 2)}\n` : describeReplay(file, report),
  );
}

async function run(
  file: string,
  plant: Parameters<typeof replayRecording>[1],
  { equipment }: ReplayOptions,
): Promise<ReplayReport> {
  let shownBytes = 0;
  try {
    return await replayRecording(file, plant, {
      ...(equipment === undefined ? {} : { equipment }),
      onProgress({ bytes, totalBytes }) {
        if (!process.stderr.isTTY || bytes - shownBytes < PROGRESS_BYTES) return;
        shownBytes = bytes;
        process.stderr.write(`\r${Math.floor((bytes / totalBytes) * 100)} %`);
      },
    });
  } catch (error) {
    if (!(error instanceof ReplayError)) throw error;
    throw new CliError(error.message, ['See ms5 replay --help for how to name plant and equipment.']);
  } finally {
    if (shownBytes > 0) process.stderr.write('\r\u001b[K');
  }
}
