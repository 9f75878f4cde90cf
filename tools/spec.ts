// Writes packages/wire/asyncapi.json from the types and data of @ms5/wire.   node tools/spec.ts
import { writeFileSync } from 'node:fs';
import { buildAsyncApi } from './spec/async-api.ts';

const file = new URL('../packages/wire/asyncapi.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(buildAsyncApi(), null, 2)}\n`);
