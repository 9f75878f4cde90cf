import type { StartEngine } from '../engine-port.ts';
import { loadPlant, parseEndpoint, PlantConfigError, type Plant } from '../config/index.ts';
import { startEngineThread } from './thread/engine-proxy.ts';

/** Loads the plant, starts the engine on its own thread, and resolves when it has recovered from its log. */
export const startEngine: StartEngine = async ({ dataDir, plantFile, connectorEndpoints = {} }) => {
  const loaded = await loadPlant(plantFile);
  if (!loaded.ok) throw new PlantConfigError(loaded.problems);
  return startEngineThread({ dataDir, plant: withEndpoints(loaded.plant, connectorEndpoints) });
};

function withEndpoints(plant: Plant, endpoints: Readonly<Record<string, string>>): Plant {
  const connectors = plant.connectors.map((connector) => {
    const endpoint = endpoints[connector.id];
    return endpoint === undefined ? connector : { ...connector, ...parseEndpoint(endpoint) };
  });
  return { ...plant, connectors };
}
