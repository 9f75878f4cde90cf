// Proves the simulation: plants one mistake at a time in a copy of the sources and runs seeds until it is found.
//   npm run simulate:planted [-- --only <part of a name>] [--limit 2000] [--workers 2] [--json]
//   npm run simulate:planted -- --real --limit 30       the same against real processes and sockets
// Exit status 0 only when every mistake was found.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PLANTED_BUGS, type PlantedBug } from '../test/simulation/planted-bugs.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    limit: { type: 'string', default: '2000' },
    workers: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    real: { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));

const PARTS = [
  'packages',
  'test/simulation',
  'test/faults',
  'test/support',
  'tools',
  'package.json',
  'tsconfig.base.json',
];

/** The sources outside the repository, with the installed packages linked. */
async function copySources(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'ms5-planted-'));
  const isSource = (path: string): boolean => !/\/(node_modules|dist|dist-types)$/.test(path);
  for (const part of PARTS)
    await cp(join(root, part), join(copy, part), { recursive: true, filter: isSource });
  await mkdir(join(copy, 'node_modules/@ms5'), { recursive: true });
  for (const name of await readdir(join(root, 'node_modules')))
    if (name !== '@ms5') await symlink(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  for (const name of await readdir(join(copy, 'packages'))) {
    await symlink(join(copy, 'packages', name), join(copy, 'node_modules/@ms5', name));
    const own = join(root, 'packages', name, 'node_modules');
    await symlink(own, join(copy, 'packages', name, 'node_modules'));
  }
  return copy;
}

interface Finding {
  readonly name: string;
  readonly tier: string;
  /** Seeds until it was found; `null`: it was not. */
  readonly seeds: number | null;
  readonly fault: string;
}

function run(copy: string, bug: PlantedBug): Promise<Finding> {
  const simulate = [
    'tools/simulate.ts',
    '--tier',
    bug.tier,
    '--seeds',
    values.limit,
    '--workers',
    values.workers,
  ];
  const real = ['tools/faults.ts', '--runs', values.limit, '--lanes', values.workers];
  const parameters = [...(values.real ? real : simulate), '--until-failure', '--json'];
  const child = spawn(process.execPath, ['--conditions=ms5-source', ...parameters], { cwd: copy });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.pipe(process.stderr);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      const line = output.trim().split('\n').at(-1) ?? '';
      const report = JSON.parse(line) as {
        readonly failures: readonly { readonly seed: number; readonly faults: readonly string[] }[];
      };
      const [first] = report.failures;
      const { name, tier } = bug;
      resolve({ name, tier, seeds: first?.seed ?? null, fault: first?.faults[0] ?? '' });
    });
  });
}

async function plant(copy: string, bug: PlantedBug): Promise<Finding> {
  const originals = new Map<string, string>();
  try {
    for (const { file, find, replace } of [bug, ...(bug.also === undefined ? [] : [bug.also])]) {
      const path = join(copy, file);
      const source = await readFile(path, 'utf8');
      if (source.split(find).length !== 2)
        return { name: bug.name, tier: bug.tier, seeds: null, fault: `it does not apply to ${file}` };
      originals.set(path, source);
      await writeFile(
        path,
        source.replace(find, () => replace),
      );
    }
    return await run(copy, bug);
  } finally {
    for (const [path, source] of originals) await writeFile(path, source);
  }
}

const copy = await copySources();
const findings: Finding[] = [];
try {
  for (const bug of PLANTED_BUGS.filter(({ name }) => name.includes(values.only))) {
    const finding = await plant(copy, bug);
    findings.push(finding);
    const after = finding.seeds === null ? `not found in ${values.limit}` : `found by seed ${finding.seeds}`;
    if (!values.json) console.log(`${finding.tier.padEnd(9)} ${finding.name}: ${after}  ${finding.fault}`);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
if (values.json) console.log(JSON.stringify(findings));
process.exit(findings.every(({ seeds }) => seeds !== null) ? 0 : 1);
