import { parseTopicFilter } from '@ms5/wire';
import { PLUGIN_HOOKS, type PluginHookName } from './hook-names.ts';
import { DEFAULT_PLUGIN_LIMITS } from './limits.ts';
import { PluginError } from './plugin-error.ts';
import type { OnFailure, Plugin, PluginLimits } from './plugin.ts';

/** What the server needs to know of a plugin; data, so that it can cross threads. */
export interface Declaration {
  readonly name: string;
  readonly order: number;
  readonly onFailure: OnFailure;
  readonly hooks: readonly PluginHookName[];
  readonly events: readonly string[];
  readonly limits: PluginLimits;
}

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const FIELDS = ['name', 'hooks', 'order', 'onFailure', 'events', 'limits', 'parseConfig', 'setup'];

/** The plugin a module exports, as default or as `plugin`. Throws a `PluginError`. */
export function pluginIn(exported: object): Plugin {
  const found = 'default' in exported ? exported.default : 'plugin' in exported ? exported.plugin : undefined;
  if (isObject(found)) return found as unknown as Plugin;
  const names = Object.keys(exported).join(', ') || 'nothing';
  throw new PluginError(
    `it exports ${names}; expected a default export, or one named "plugin": definePlugin({ name, hooks })`,
  );
}

/** Checks everything but the configuration. Throws a `PluginError` naming the first thing that is wrong. */
export function declarationOf(plugin: Plugin): Declaration {
  const given: Readonly<Record<string, unknown>> = { ...plugin };
  for (const field of Object.keys(given)) {
    if (!FIELDS.includes(field)) wrong(`field "${field}" is not known; known are ${FIELDS.join(', ')}`);
  }
  const { name, hooks, order = 0, onFailure = 'continue', events = [], limits = {} } = given;
  if (typeof name !== 'string' || !NAME.test(name)) {
    wrong(`name: expected lower-case letters, digits and dashes, found ${show(name)}`);
  }
  if (typeof order !== 'number' || !Number.isFinite(order)) {
    wrong(`order: expected a number, found ${show(order)}`);
  }
  if (onFailure !== 'refuse' && onFailure !== 'continue') {
    wrong(`onFailure: expected "refuse" or "continue", found ${show(onFailure)}`);
  }
  for (const field of ['parseConfig', 'setup']) {
    const value = given[field];
    if (value !== undefined && typeof value !== 'function') {
      wrong(`${field}: expected a function, found ${show(value)}`);
    }
  }
  const declared = hooksOf(hooks);
  const filters = filtersOf(events);
  if (declared.includes('afterEvent') !== filters.length > 0) {
    wrong(
      'the hook "afterEvent" needs "events", the topic filters it is called for, and the other way round',
    );
  }
  return { name, order, onFailure, hooks: declared, events: filters, limits: limitsOf(limits) };
}

function hooksOf(hooks: unknown): readonly PluginHookName[] {
  if (!isObject(hooks)) wrong(`hooks: expected an object of functions, found ${show(hooks)}`);
  return Object.entries(hooks)
    .filter(([, hook]) => hook !== undefined)
    .map(([name, hook]) => {
      const known = PLUGIN_HOOKS.find((each) => each === name);
      if (known === undefined) wrong(`hooks: "${name}" is not a hook; hooks are ${PLUGIN_HOOKS.join(', ')}`);
      if (typeof hook !== 'function') wrong(`hooks.${name}: expected a function, found ${show(hook)}`);
      return known;
    });
}

function filtersOf(events: unknown): readonly string[] {
  if (!Array.isArray(events)) wrong(`events: expected a list of topic filters, found ${show(events)}`);
  return events.map((filter: unknown) => {
    const parsed = typeof filter === 'string' ? parseTopicFilter(filter) : undefined;
    if (typeof filter !== 'string' || parsed?.ok !== true)
      wrong(`events: expected topic filters, found ${show(filter)}`);
    return filter;
  });
}

function limitsOf(limits: unknown): PluginLimits {
  if (!isObject(limits)) wrong(`limits: expected an object, found ${show(limits)}`);
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_PLUGIN_LIMITS, name)) {
      wrong(`limits: "${name}" is not a limit; limits are ${Object.keys(DEFAULT_PLUGIN_LIMITS).join(', ')}`);
    }
    if (typeof value !== 'number' || !(value > 0 && value <= 600_000)) {
      wrong(`limits.${name}: expected a number above 0 and at most 600000, found ${show(value)}`);
    }
  }
  return { ...DEFAULT_PLUGIN_LIMITS, ...limits };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
}

function wrong(what: string): never {
  throw new PluginError(what);
}
