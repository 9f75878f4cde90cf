import { parentPort, workerData } from 'node:worker_threads';
import { simulateEscalation } from './simulate-escalation.ts';
import type { Simulation } from './simulation.ts';

// Entry of the thread of one simulation. The main side is simulator.ts.

export interface SimulationThreadData {
  readonly file: string;
  readonly asked: Simulation;
}

const { file, asked } = workerData as SimulationThreadData;
parentPort?.postMessage(simulateEscalation(file, asked), []);
