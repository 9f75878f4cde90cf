import type { Identity } from '@ms5/hub';
import type { Role } from '../../config/index.ts';

type Verb = keyof Identity['permissions'];

/**
 * What each role may do, as topic filters by verb; a user with several roles may do what any of them may.
 * `{site}` is the site's id, `{user}` the user's.
 */
const ROLE_PERMISSIONS: Readonly<Record<Role, Readonly<Record<Verb, readonly string[]>>>> = {
  /** Screens on the wall: sees the plant, changes nothing. */
  viewer: {
    subscribe: ['{site}/#', 'app/#', 'system/health', 'system/alerts', 'user/{user}/#'],
    publish: [],
    command: [],
  },
  operator: {
    subscribe: ['{site}/#', 'app/#', 'system/health', 'system/alerts', 'user/{user}/#'],
    publish: [],
    // Lines, and nothing below them: their plan is the lead's.
    command: ['{site}/+/+'],
  },
  lead: {
    subscribe: ['{site}/#', 'app/#', 'system/health', 'system/alerts', 'user/{user}/#'],
    publish: [],
    command: ['{site}/#'],
  },
  manager: {
    subscribe: ['{site}/#', 'app/#', 'system/#', 'user/{user}/#'],
    publish: [],
    command: ['{site}/#'],
  },
  /** Connects machines and other services, so may also send observations by hand and publish. */
  engineer: {
    subscribe: ['{site}/#', 'app/#', 'system/#', 'user/{user}/#'],
    publish: ['{site}/#', 'app/#'],
    command: ['{site}/#'],
  },
  admin: { subscribe: ['#'], publish: ['#'], command: ['#'] },
  /** A machine, its adapter or another service: sends observations, publishes its own, reads nothing of the plant. */
  device: {
    subscribe: ['user/{user}/#', 'app/{user}/#'],
    publish: ['{site}/#', 'app/{user}/#'],
    command: [],
  },
};

function isRole(name: string): name is Role {
  return Object.hasOwn(ROLE_PERMISSIONS, name);
}

/** Filters of all the roles together. Names that are not roles grant nothing. */
export function permissionsOf(
  roles: readonly string[],
  siteId: string,
  userId: string,
): Identity['permissions'] {
  const filters = (verb: Verb): string[] => {
    const all = roles.filter(isRole).flatMap((role) => ROLE_PERMISSIONS[role][verb]);
    return [...new Set(all)].map((filter) =>
      filter.replace('{site}', () => siteId).replace('{user}', () => userId),
    );
  };
  return { subscribe: filters('subscribe'), publish: filters('publish'), command: filters('command') };
}
