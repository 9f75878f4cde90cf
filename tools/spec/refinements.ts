import { LIMITS } from '../../packages/wire/src/limits.ts';
import type { Schema, Schemas } from './schema.ts';

const text = (maxLength: number = LIMITS.nameLength): Schema => ({ minLength: 1, maxLength });
const count: Schema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const topic = text(LIMITS.topicBytes);
const filters: Schema = {
  minItems: 1,
  maxItems: LIMITS.filtersPerRequest,
  items: { type: 'string', ...topic },
};
const token = text(LIMITS.tokenLength);
/** The parser takes what is absent for a value of its own. */
const OPTIONAL = 'optional';

type Refinement = Schema | typeof OPTIONAL;

/**
 * What the parsers of clients' messages ask for beyond their types: lengths (in UTF-16 units), integers, and what may
 * be left out. `Type.member`, `*` for every value of a map, `[]` for every item, `(name)` for the member of a union
 * with that `type`. A test compares schemas and parsers.
 */
const REFINEMENTS: Readonly<Record<string, Refinement>> = {
  'CommandKey.clientId': text(),
  'CommandKey.counter': count,
  'Mark.log': text(),
  'Mark.epoch': text(),
  'Mark.offset': count,
  'Resume.marks': { maxItems: LIMITS.filtersPerRequest },
  'Resume.filters': filters,
  'Resume.topics.*.epoch': text(),
  'Resume.topics.*.offset': count,
  'ExpectedState.topic': topic,
  'ExpectedState.key': text(),
  'ExpectedState.offset': count,
  'ConnectMessage.token': token,
  'ConnectMessage.client.id': text(),
  'ConnectMessage.client.name': text(),
  'ConnectMessage.client.version': text(),
  'SubscribeMessage.id': count,
  'SubscribeMessage.filters': filters,
  'UnsubscribeMessage.id': count,
  'UnsubscribeMessage.filters': filters,
  'CommandMessage.id': count,
  'CommandMessage.command': text(),
  'CommandMessage.data': OPTIONAL,
  'PublishMessage.id': count,
  'PublishMessage.topic': topic,
  'PublishMessage.data': OPTIONAL,
  'PublishMessage.key': text(),
  'DisplayedMessage.topic': topic,
  'DisplayedMessage.key': text(),
  'DisplayedMessage.offset': count,
  'SignOutMessage.id': count,
  'AckMessage.received': count,
  'ProbeMessage.id': count,
  'RefreshMessage.id': count,
  'RefreshMessage.token': token,
  'BasicClientMessage(auth).token': token,
  'BasicClientMessage(subscribe).topics': filters,
  'BasicClientMessage(subscribe).batch': OPTIONAL,
  'BasicClientMessage(subscribe).id': count,
  'BasicClientMessage(unsubscribe).topics': filters,
  'BasicClientMessage(unsubscribe).id': count,
  'BasicClientMessage(publish).topic': topic,
  'BasicClientMessage(publish).data': OPTIONAL,
  'BasicClientMessage(publish).key': text(),
  'BasicClientMessage(publish).id': count,
  'BasicClientMessage(command).command': text(),
  'BasicClientMessage(command).data': OPTIONAL,
  'BasicClientMessage(command).key.anyOf.0': text(),
  'BasicClientMessage(command).id': count,
  'BasicClientMessage(ping).id': count,
};

const schemaAt = (value: unknown, path: string): Schema => {
  if (typeof value !== 'object' || value === null) throw new Error(`the types have no ${path} any more`);
  return value as Schema;
};

function memberOf(schema: Schema, step: string, path: string): Schema {
  if (step === '*') return schemaAt(schema['additionalProperties'], path);
  if (step === 'anyOf' || /^\d+$/.test(step)) return schemaAt(schema[step], path);
  return schemaAt(schemaAt(schema['properties'], path)[step], path);
}

function typeOf(schemas: Schemas, name: string, path: string): Schema {
  const [, type = '', member] = /^(\w+)(?:\((\w+)\))?$/.exec(name) ?? [];
  const schema = schemaAt(schemas[type], path);
  if (member === undefined) return schema;
  const union = schema['anyOf'] as { properties: { type: { const: string } } }[];
  return schemaAt(
    union.find(({ properties }) => properties.type.const === member),
    path,
  );
}

/** Adds the refinements; throws where the types have moved on. */
export function refine(schemas: Schemas): void {
  for (const [path, refinement] of Object.entries(REFINEMENTS)) {
    const [name = '', ...steps] = path.split('.');
    const last = steps.at(-1) ?? '';
    let owner = typeOf(schemas, name, path);
    for (const step of steps.slice(0, -1)) owner = memberOf(owner, step, path);
    const target = memberOf(owner, last, path);
    if (refinement !== OPTIONAL) Object.assign(target, refinement);
    else owner['required'] = (owner['required'] as string[]).filter((member) => member !== last);
  }
}
