import './theme/styles.ts';
import {
  createClient,
  createIndexedDbOutbox,
  createMemoryOutbox,
  type OutboxStorage,
  UnauthorizedError,
} from '@ms5/client';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, createApi } from './app/api.ts';
import { App } from './app/app.tsx';
import { LOGIN_PATH } from './app/return-path.ts';
import { fetchScreen } from './app/screens.ts';
import { createSession } from './app/session.ts';
import { createWorkspaces } from './app/workspace.ts';

const api = createApi(location.origin);
const session = createSession({ api, storage: sessionStorage, now: Date.now });

async function getToken(): Promise<string> {
  try {
    return await session.token();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) throw new UnauthorizedError(error.message);
    throw error;
  }
}

/** Acts that wait for a connection outlive the tab, where the browser has a database at all. */
const createOutbox = (): OutboxStorage =>
  'indexedDB' in globalThis ? createIndexedDbOutbox() : createMemoryOutbox();

const workspaces = createWorkspaces({
  api,
  session,
  createClient: () =>
    createClient({
      url: `${location.origin.replace(/^http/u, 'ws')}/ws`,
      name: 'dashboard',
      getToken,
      ports: { storage: createOutbox() },
    }),
});

fetchScreen(session.get().status === 'signedIn' ? location.pathname : LOGIN_PATH);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App ports={{ session, workspaces }} />
  </StrictMode>,
);
