import type { Row } from '../measure/row.ts';
import { criticalLane } from './critical-lane.ts';
import { engineRow, replayRow } from './engine.ts';
import { fanOut } from './fan-out.ts';
import { ingestRow } from './ingest.ts';
import { lightLoad } from './light-load.ts';
import { reconnect } from './reconnect.ts';
import { restart } from './restart.ts';
import { sessions } from './sessions.ts';
import { stalled } from './stalled.ts';
import { start } from './start.ts';

/** In the order in which they are measured. */
export const ROWS: readonly Row[] = [
  fanOut,
  lightLoad,
  criticalLane,
  sessions,
  reconnect,
  stalled,
  ingestRow,
  engineRow,
  replayRow,
  restart,
  start,
];
