// Sends malformed and hostile frames, messages and requests to every endpoint of a real server process, while a
// bystander on each endpoint must get everything in order.
//   npm run fuzz -- --frames 1000000 [--seed 1] [--json]
// Exit status 0 only when nothing crashed, leaked, or harmed a bystander.
import { parseArgs } from 'node:util';
import { runFuzz } from '../test/fuzz/run-fuzz.ts';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const [frames, seed] = [Number(values.frames), Number(values.seed)];
if (!Number.isInteger(frames) || frames < 1 || !Number.isInteger(seed)) {
  console.error('fuzz: expected whole numbers for --frames and --seed');
  process.exit(2);
}
let shownAt = Date.now();
const report = await runFuzz({
  frames,
  seed,
  onProgress(sent) {
    if (values.json || Date.now() - shownAt < 10_000) return;
    shownAt = Date.now();
    console.error(`${sent} of ${frames} frames`);
  },
});
console.log(values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
process.exit(report.faults.length === 0 ? 0 : 1);
