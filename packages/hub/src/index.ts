export type * from './ports.ts';
export { HEADER_ROOM_BYTES } from './delivery/byte-writer.ts';
export { BAND_FLOORS, BAND_MARGIN, BANDS, bandOf, type Band } from './health/band.ts';
export {
  degrade,
  DEGRADATION_TERMS,
  startDegradation,
  type Degradation,
  type DegradationLevel,
  type DegradationTerms,
  type Load,
  type LoadMeasure,
} from './health/degradation.ts';
export { LATENCY_BOUNDS_MS, type Histogram } from './health/histogram.ts';
export type { HubCounts } from './health/hub-counts.ts';
export type { LaneLatencies } from './health/lane-latency.ts';
export { SESSION_ORDERS, type SessionOrder } from './health/session-order.ts';
export { markOf } from './health/session-score.ts';
export type { HubLogEntry } from './hub-core.ts';
export type { HubLimits } from './limits.ts';
export { createHub, type HubOptions } from './create-hub.ts';
