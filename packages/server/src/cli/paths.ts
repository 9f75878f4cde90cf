import { fileURLToPath } from 'node:url';

// Both `src/cli` and `dist/cli` lie four folders below the repository's root.
const ROOT = new URL('../../../../', import.meta.url);

export const DEMO_PLANT = new URL('plants/demo.yaml', ROOT);
export const OKUMA_PLANT = new URL('plants/okuma.yaml', ROOT);
export const OKUMA_RECORDING = new URL('recordings/okuma_shdr_2022-08-08.txt', ROOT);
export const EXAMPLE_PLANT = new URL('packages/server/src/config/example.yaml', ROOT);

/** Where the dashboard's build puts its files. */
export function dashboardDirectory(): string {
  return fileURLToPath(new URL('apps/dashboard/dist', ROOT));
}
