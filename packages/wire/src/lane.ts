/** Priority class of a topic, most urgent first. Every topic belongs to exactly one lane. */
export const LANES = ['critical', 'high', 'normal', 'low'] as const;
export type Lane = (typeof LANES)[number];

/** How long a change may wait under load before it is sent, in ms. An idle server sends every lane at once. */
export const LANE_BUDGET_MS: Readonly<Record<Lane, number>> = {
  critical: 0,
  high: 20,
  normal: 100,
  low: 500,
};
