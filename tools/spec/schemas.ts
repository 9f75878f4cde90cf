import { createGenerator, type Config } from 'ts-json-schema-generator';
import { fileURLToPath } from 'node:url';
import { refine } from './refinements.ts';
import type { Schema, Schemas } from './schema.ts';

const wire = (path: string): string => fileURLToPath(new URL(`../../packages/wire/${path}`, import.meta.url));

/** Everything that travels, as the types of `@ms5/wire` say it. */
const SOURCES =
  'src/{messages,basic,cloud-events,position,lane,rate,topic-kind,factory/*documents,factory/*commands,' +
  'factory/rest,factory/observations}.ts';

const CONFIG: Config = {
  path: wire(SOURCES),
  tsconfig: wire('tsconfig.json'),
  type: '*',
  expose: 'export',
  jsDoc: 'extended',
  // Fields that are not known are tolerated (rule E2).
  additionalProperties: true,
  skipTypeCheck: true,
  topRef: true,
  encodeRefs: false,
  sortProps: true,
};

/** What the streams of lines hold, as the domain says it; its names get a prefix: some are also those of documents. */
const DOMAIN_PREFIX = 'factory.';
export const EVENT_SCHEMA = `${DOMAIN_PREFIX}FactoryEvent`;
const EVENTS: Config = {
  ...CONFIG,
  path: fileURLToPath(new URL('../../packages/domain/src/engine/engine-types.ts', import.meta.url)),
  tsconfig: fileURLToPath(new URL('../../packages/domain/tsconfig.json', import.meta.url)),
  type: 'FactoryEvent',
};

const PREFIX = '#/definitions/';

/** Names that may stand in a document. */
const nameOf = (name: string): string => name.replaceAll(/[^A-Za-z0-9._-]+/g, '_');

function renamed(value: unknown, prefix: string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, prefix));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) =>
      key === '$ref' && typeof item === 'string' && item.startsWith(PREFIX)
        ? [key, `#/components/schemas/${prefix}${nameOf(item.slice(PREFIX.length))}`]
        : [key, renamed(item, prefix)],
    ),
  );
}

function definitionsOf(config: Config, prefix: string): readonly (readonly [string, Schema])[] {
  const { type = '*' } = config;
  const { definitions = {} } = createGenerator(config).createSchema(type);
  return Object.entries(definitions)
    .filter(([name]) => /^[A-Z]/.test(name))
    .map(([name, schema]) => [`${prefix}${nameOf(name)}`, renamed(schema, prefix) as Schema] as const);
}

/** JSON Schemas by the names of the types, with the limits that types cannot say. */
export function generateSchemas(): Schemas {
  const all = [
    // Types alone begin with a capital; these two are of the parsers.
    ...definitionsOf(CONFIG, '').filter(([name]) => name !== 'Fields' && name !== 'MessageFault'),
    ...definitionsOf(EVENTS, DOMAIN_PREFIX),
  ];
  const schemas = Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  refine(schemas);
  return schemas;
}
