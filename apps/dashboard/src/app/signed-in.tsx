import { Ms5Provider } from '@ms5/react';
import { type ReactNode, useSyncExternalStore } from 'react';
import { Navigate, useLocation } from 'react-router';
import { LivenessProvider } from '../features/connection/liveness-provider.tsx';
import { PlantProvider } from './plant-context.tsx';
import { usePorts } from './ports.ts';
import { loginPath } from './return-path.ts';

/** Everything below is for one signed-in person, on one connection; nobody else gets past here. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const { workspaces } = usePorts();
  const workspace = useSyncExternalStore(workspaces.subscribe, workspaces.get);
  const location = useLocation();
  if (workspace === null) {
    return <Navigate to={loginPath(location.pathname + location.search)} replace />;
  }
  return (
    <Ms5Provider client={workspace.client}>
      <LivenessProvider>
        <PlantProvider store={workspace.plant}>{children}</PlantProvider>
      </LivenessProvider>
    </Ms5Provider>
  );
}
