/** What it takes to speak to a server; what is `undefined` leaves what is known as it is. */
export interface TokenSet {
  readonly url: string | undefined;
  readonly device: string | undefined;
  readonly operator: string | undefined;
  /** User id -> token. */
  readonly people: Readonly<Record<string, string>>;
}

/** A `tokens` message (`main.ts` describes it); `null`: not such a message. Fields of another type count as absent. */
export function readTokensMessage(message: unknown): TokenSet | null {
  if (typeof message !== 'object' || message === null || !('type' in message)) return null;
  if (message.type !== 'tokens') return null;
  const fields = message as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined);
  const url = text('url');
  return {
    url: url !== undefined && isHttpUrl(url) ? url : undefined,
    device: text('device'),
    operator: text('operator'),
    people: isTokens(fields['people']) ? fields['people'] : {},
  };
}

export function readUrl(text: string | undefined): string | undefined {
  if (text === undefined || isHttpUrl(text)) return text;
  throw new Error(`MS5_URL: expected an address such as http://127.0.0.1:8080, found "${text}"`);
}

export function isTokens(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((token) => typeof token === 'string');
}

function isHttpUrl(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}
