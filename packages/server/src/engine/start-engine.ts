import type { StartEngine } from '../engine-port.ts';
import { loadPlant, parseEndpoint, PlantConfigError, type Plant } from '../config/index.ts';
import { startEngineThread } from './thread/engine-proxy.ts';
import type { EngineThreadData } from './thread/messages.ts';

/** Loads the plant, starts the engine on its own thread, and resolves when it has recovered from its log. */
export const startEngine: StartEngine = ({ dataDir, plantFile, connectorEndpoints = {} }) => {
  const read = async (): Promise<EngineThreadData> => {
    const loaded = await loadPlant(plantFile);
    if (!loaded.ok) throw new PlantConfigError(loaded.problems);
    return { dataDir, plant: withEndpoints(loaded.plant, connectorEndpoints) };
  };
  return startEngineThread(read());
};

function withEndpoints(plant: Plant, endpoints: Readonly<Record<string, string>>): Plant {
  const connectors = plant.connectors.map((connector) => {
    const endpoint = endpoints[connector.id];
    return endpoint === undefined ? connector : { ...connector, ...parseEndpoint(endpoint) };
  });
  return { ...plant, connectors };
}
