import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of its own for one test. */
export function temporaryDirectory(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `ms5-${name}-`));
}

/** Password of every user of the test plant. */
export const TEST_PASSWORD = 'olivia';
const hash = 'scrypt$16384$8$1$DRFwLuJrqcjEHIlWYxACxA$DuzEyr8dvOQxkVXZfwXjp07KfHlj8qT7eYo955dNdzE';

/** A mill fed by SHDR and a press fed by HTTP, worked round the clock, so that there is a shift at any time. */
export function testPlant(options: { readonly shdrPort?: number } = {}): string {
  const connectors =
    options.shdrPort === undefined
      ? ''
      : `
connectors:
  - id: mill
    kind: shdr
    endpoint: 127.0.0.1:${options.shdrPort}
    equipment: hall/mill/mill
    keys: { execution: execution, partCount: partcount }
    telemetry: [spindle]
`;
  return `site: { id: works, name: Test Works, timeZone: Etc/UTC }
areas:
  - id: hall
    name: Hall
    lines:
      - id: mill
        name: Mill
        equipment:
          - { id: mill, name: Mill 1, states: mtconnect, latenessWindow: 4h, product: bolt, assumeQuality: true }
      - id: press
        name: Press
        equipment:
          - { id: press, name: Press 1, states: simple, silentAfter: 10m, latenessWindow: 1h, product: bolt }
products:
  - { id: bolt, name: Bolt, idealCycle: 1s }
shifts:
  - { id: day, name: Day, days: [mon, tue, wed, thu, fri, sat, sun], from: '06:00', to: '18:00' }
  - { id: night, name: Night, days: [mon, tue, wed, thu, fri, sat, sun], from: '18:00', to: '06:00' }
reasons:
  - { code: jam, name: Jam, loss: breakdown, failure: true }
${connectors}
users:
  - { id: olivia, name: Olivia Operator, roles: [operator], password: '${hash}' }
`;
}

export async function writePlant(directory: string, text: string): Promise<string> {
  const file = join(directory, 'plant.yaml');
  await writeFile(file, text);
  return file;
}
