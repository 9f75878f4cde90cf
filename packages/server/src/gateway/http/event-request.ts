import type { Identity } from '@ms5/hub';
import { LIMITS, parseTopicFilter, permitFilter, RATES, type Rate, validFilters } from '@ms5/wire';
import { HttpProblem } from './problem.ts';

/** Parameters of an address, each once or several times. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

const listOf = (value: Query[string]): readonly string[] => [value ?? []].flat();

const invalid = (path: string, message: string): HttpProblem =>
  new HttpProblem('invalidQuery', { path, message: `Query parameter "${path}": ${message}` });

/** Tokens in addresses are kept by proxies and logs. */
export function refuseTokenIn(query: Query): void {
  if (query['token'] !== undefined || query['access_token'] !== undefined)
    throw new HttpProblem('tokenInQuery');
}

/** The topic filters of `?topic=…&topic=…`. */
export function topicsOf(query: Query): readonly string[] {
  const filters = listOf(query['topic']);
  if (filters.length > LIMITS.filtersPerRequest)
    throw invalid('topic', `expected at most ${LIMITS.filtersPerRequest}, found ${filters.length}.`);
  for (const filter of filters) {
    const parsed = parseTopicFilter(filter);
    if (!parsed.ok) throw invalid('topic', `${JSON.stringify(filter.slice(0, 100))} ${parsed.error}.`);
  }
  return filters;
}

export function rateOf(query: Query): Rate | undefined {
  const text = query['rate'];
  if (text === undefined) return undefined;
  const rate = RATES.find((known) => String(known) === text);
  if (rate === undefined) throw invalid('rate', `expected one of ${RATES.join(', ')}.`);
  return rate;
}

/** What the permissions leave of the filters, as a subscription would have it. */
export function permittedOf(filters: readonly string[], { permissions }: Identity): readonly string[] {
  const permitted = validFilters(permissions.subscribe);
  const left = validFilters(filters).flatMap((filter) => permitFilter(filter, permitted));
  return [...new Set(left.map(({ text }) => text))];
}
