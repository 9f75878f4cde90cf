import { lazy } from 'react';
import { LOGIN_PATH } from './return-path.ts';

const loadLogin = () => import('../features/login/login-page.tsx');
const loadPlant = () => import('../features/plant/plant-page.tsx');
const loadLine = () => import('../features/line/line-page.tsx');
const loadNotFound = () => import('./not-found-page.tsx');

export const LoginPage = lazy(loadLogin);
export const PlantPage = lazy(loadPlant);
export const LinePage = lazy(loadLine);
export const NotFoundPage = lazy(loadNotFound);

/** Fetches the screen of an address beside the plant's description, instead of after it. */
export function fetchScreen(path: string): void {
  // A failure shows where the screen is drawn.
  loaderOf(path)().catch(() => {});
}

function loaderOf(path: string): () => Promise<unknown> {
  if (path === LOGIN_PATH) return loadLogin;
  return path.startsWith('/lines/') ? loadLine : loadPlant;
}

/** Once there is time: from then on one can go anywhere even while the server is away. */
export function fetchAllScreens(): void {
  for (const load of [loadPlant, loadLine, loadLogin, loadNotFound]) load().catch(() => {});
}
