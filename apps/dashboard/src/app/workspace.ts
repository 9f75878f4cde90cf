import type { Client } from '@ms5/client';
import type { Api } from './api.ts';
import { createPlantStore, type PlantStore } from './plant-store.ts';
import type { SessionStore } from './session.ts';
import { createSignal } from './signal.ts';

/** What one signed-in person works with: one connection, and the plant as described to them. */
interface Workspace {
  readonly client: Client;
  readonly plant: PlantStore;
}

export interface WorkspaceStore {
  /** `null` while nobody is signed in. */
  readonly get: () => Workspace | null;
  readonly subscribe: (listener: () => void) => () => void;
}

interface WorkspacePorts {
  readonly api: Api;
  readonly session: SessionStore;
  /** Builds a client; not connected yet. */
  readonly createClient: () => Client;
}

/** Opens a workspace at sign-in and closes it at sign-out, outside of what is drawn. */
export function createWorkspaces({ api, session, createClient }: WorkspacePorts): WorkspaceStore {
  const signal = createSignal<Workspace | null>(null);

  const open = (): void => {
    const client = createClient();
    // Other ends (the server refuses this version of the dashboard) are for the banner to tell.
    client.onState(({ status, reason }) => {
      const refused = status === 'closed' && reason.code === 'unauthorized';
      if (refused && signal.get()?.client === client) session.expire();
    });
    signal.set({ client, plant: createPlantStore({ api, session, client }) });
    client.connect();
  };
  const close = ({ client, plant }: Workspace): void => {
    signal.set(null);
    plant.close();
    client.close();
  };
  const follow = (): void => {
    const workspace = signal.get();
    const signedIn = session.get().status === 'signedIn';
    if (signedIn && workspace === null) open();
    if (!signedIn && workspace !== null) close(workspace);
  };
  session.subscribe(follow);
  follow();
  return { get: signal.get, subscribe: signal.subscribe };
}
