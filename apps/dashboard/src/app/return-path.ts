export const LOGIN_PATH = '/login';

/** Where to go after signing in: the path asked for, if it is one of ours; anything else is the plant. */
export function returnPath(search: string): string {
  const asked = new URLSearchParams(search).get('return');
  return asked !== null && /^\/(?![/\\])/u.test(asked) ? asked : '/';
}

export function loginPath(from: string): string {
  return from === '/' ? LOGIN_PATH : `${LOGIN_PATH}?return=${encodeURIComponent(from)}`;
}
