import { expect, test } from 'vitest';
import { permissionsOf } from './roles.ts';

test('roles become topic filters of the site, joined without repeats', () => {
  expect(permissionsOf(['viewer'], 'works', 'wall')).toEqual({
    subscribe: ['works/#', 'app/#', 'system/health', 'system/alerts', 'user/wall/#'],
    publish: [],
    command: [],
  });
  expect(permissionsOf(['operator', 'device'], 'works', 'x')).toEqual({
    subscribe: ['works/#', 'app/#', 'system/health', 'system/alerts', 'user/x/#', 'app/x/#'],
    publish: ['works/#', 'app/x/#'],
    command: ['works/+/+'],
  });
  expect(permissionsOf(['lead'], 'works', 'x').command).toEqual(['works/#']);
});

test('a name that is no role grants nothing', () => {
  const nothing = { subscribe: [], publish: [], command: [] };
  expect(permissionsOf(['boss', 'toString', '__proto__'], 'works', 'x')).toEqual(nothing);
});
