import { createGenerator, type Config } from 'ts-json-schema-generator';
import { fileURLToPath } from 'node:url';
import { refine } from './refinements.ts';
import type { Schema, Schemas } from './schema.ts';

const wire = (path: string): string => fileURLToPath(new URL(`../../packages/wire/${path}`, import.meta.url));

/** Everything that travels, as the types of `@ms5/wire` say it. */
const SOURCES =
  'src/{messages,basic,cloud-events,position,lane,rate,topic-kind,factory/documents,factory/commands,' +
  'factory/rest,factory/observations,factory/system-documents}.ts';

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

const PREFIX = '#/definitions/';

/** Names that may stand in a document. */
const nameOf = (name: string): string => name.replaceAll(/[^A-Za-z0-9._-]+/g, '_');

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) =>
      key === '$ref' && typeof item === 'string' && item.startsWith(PREFIX)
        ? [key, `#/components/schemas/${nameOf(item.slice(PREFIX.length))}`]
        : [key, renamed(item)],
    ),
  );
}

/** JSON Schemas by the names of the types, with the limits that types cannot say. */
export function generateSchemas(): Schemas {
  const { definitions = {} } = createGenerator(CONFIG).createSchema('*');
  const schemas = Object.fromEntries(
    Object.entries(definitions)
      // Types alone begin with a capital; these two are of the parsers.
      .filter(([name]) => /^[A-Z]/.test(name) && name !== 'Fields' && name !== 'MessageFault')
      .map(([name, schema]): [string, Schema] => [nameOf(name), renamed(schema) as Schema])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  refine(schemas);
  return schemas;
}
