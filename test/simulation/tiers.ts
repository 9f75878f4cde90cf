export interface TierOptions {
  readonly seed: number;
  /** Acts before the faults cease; omitted: the tier's own number. */
  readonly steps?: number | undefined;
  readonly trace?: ((line: string) => void) | undefined;
}
