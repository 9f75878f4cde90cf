import type { HookName } from '@ms5/hub';

/** The acts that have a hook before and one after. */
const ACTS = ['connect', 'authenticate', 'subscribe', 'publish', 'command'] as const satisfies HookName[];

type BeforeHookName = `before${Capitalize<HookName>}`;
export type AfterHookName = `after${Capitalize<HookName>}` | 'afterEvent' | 'afterDisconnect';
export type PluginHookName = BeforeHookName | AfterHookName;

const BEFORE_HOOKS: readonly BeforeHookName[] = ACTS.map(beforeHook);

/** Every hook a plugin may declare. */
export const PLUGIN_HOOKS: readonly PluginHookName[] = [
  ...BEFORE_HOOKS,
  ...ACTS.map(afterHook),
  'afterEvent',
  'afterDisconnect',
];

export function beforeHook<Name extends HookName>(name: Name): `before${Capitalize<Name>}` {
  return `before${capitalized(name)}`;
}

export function afterHook<Name extends HookName>(name: Name): `after${Capitalize<Name>}` {
  return `after${capitalized(name)}`;
}

function capitalized<Name extends string>(name: Name): Capitalize<Name> {
  return (name.charAt(0).toUpperCase() + name.slice(1)) as Capitalize<Name>;
}
