import type { PlantDescription } from '@ms5/client';
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import { LoadFailure, LoadingPlant } from './plant-loading.tsx';
import type { PlantStore } from './plant-store.ts';

const PlantContext = createContext<PlantDescription | null>(null);

interface PlantProviderProps {
  readonly store: PlantStore;
  readonly children: ReactNode;
}

/** Shows its children once the plant is known. */
export function PlantProvider({ store, children }: PlantProviderProps) {
  const load = useSyncExternalStore(store.subscribe, store.get);
  switch (load.status) {
    case 'loading':
      return <LoadingPlant />;
    case 'failed':
      return <LoadFailure message={load.message} onRetry={() => void store.load()} />;
    case 'loaded':
    default:
      return <PlantContext value={load.plant}>{children}</PlantContext>;
  }
}

export function usePlant(): PlantDescription {
  const plant = useContext(PlantContext);
  if (plant === null) throw new Error('usePlant needs a PlantProvider');
  return plant;
}
