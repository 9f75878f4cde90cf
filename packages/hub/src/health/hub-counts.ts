/** Counts since the start, by name. Names are bounded; what is beyond is counted as `other`. */
export interface HubCounts {
  /** Sessions ended, by close code. */
  readonly closes: Readonly<Record<string, number>>;
  /** Requests and connections refused, by the error's name. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Commands answered, by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Tokens refused, by the check that failed. */
  readonly authenticationFailures: Readonly<Record<string, number>>;
  /** Sessions of clients that had been there within the hour before. */
  readonly reconnects: number;
}
