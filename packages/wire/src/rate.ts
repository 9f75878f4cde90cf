/**
 * Rates a subscription may ask for: at most so many changes of a topic per second, on ticks that all sessions of the
 * server share.
 */
export const RATES = [10, 5, 2, 1] as const;
export type Rate = (typeof RATES)[number];
