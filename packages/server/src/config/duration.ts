const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `250ms`, `1.2s`, `5m`, `1h30m` → ms, may be fractional; anything else: `undefined`. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|min|m|h|d))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|min|m|h|d)/g)) {
    totalMs += Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  }
  return totalMs;
}

/** An ideal cycle as a time per unit (`1.2s`) or a rate (`3000/h`, `50/min`) → ms per unit; must be above 0. */
export function parseCycleMs(text: string): number | undefined {
  const rate = /^(\d+(?:\.\d+)?)\/(s|min|m|h)$/.exec(text);
  const cycleMs =
    rate === null ? parseDurationMs(text) : (UNIT_MS[rate[2] ?? ''] ?? Number.NaN) / Number(rate[1]);
  return cycleMs !== undefined && Number.isFinite(cycleMs) && cycleMs > 0 ? cycleMs : undefined;
}

/** `HH:MM` → minutes since local midnight. */
export function parseClockMinutes(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * 60 + Number(match[2]);
}
