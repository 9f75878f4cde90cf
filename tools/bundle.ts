// Bundles the `ms5` command for those who run it.   node tools/bundle.ts
import { fileURLToPath } from 'node:url';
import { bundleServer } from './bundle/server.ts';

await bundleServer(fileURLToPath(new URL('../packages/server/dist/app', import.meta.url)));
