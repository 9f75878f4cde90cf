/** Whether the server takes requests. */
export type Serving =
  | { readonly status: 'serving' }
  | { readonly status: 'draining'; readonly retryAfterMs: number }
  /** The engine has ended by itself. */
  | { readonly status: 'failed'; readonly reason: string };
