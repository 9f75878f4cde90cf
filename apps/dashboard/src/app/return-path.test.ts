import { describe, expect, it } from 'vitest';
import { loginPath, returnPath } from './return-path.ts';

describe('return path', () => {
  it('comes back to where the person was', () => {
    const path = '/lines/packing/line-1?x=1';
    expect(returnPath(new URL(loginPath(path), 'http://h').search)).toBe(path);
    expect(loginPath('/')).toBe('/login');
  });

  it('never leaves this site', () => {
    for (const bad of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      expect(returnPath(`?return=${encodeURIComponent(bad)}`)).toBe('/');
    }
  });
});
