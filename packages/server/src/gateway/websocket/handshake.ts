import type { IncomingMessage } from 'node:http';
import { SUBPROTOCOLS, type EndpointName } from '@ms5/wire';
import { HttpProblem } from '../http/problem.ts';

/** The endpoint asked for: the first known subprotocol of the client's list; none asked for: `basic`. */
export function chooseEndpoint(header: string | undefined): EndpointName {
  if (header === undefined) return 'basic';
  const asked = header.split(',').map((name) => name.trim());
  const chosen = asked
    .map((name) => SUBPROTOCOLS.find((known) => known === name))
    .find((known) => known !== undefined);
  if (chosen !== undefined) return chosen;
  throw new HttpProblem('unknownSubprotocol', {
    message:
      `None of the WebSocket subprotocols asked for is known: ${JSON.stringify(asked.slice(0, 5))}. ` +
      `Expected one of: ${SUBPROTOCOLS.join(', ')}; or none, for the basic endpoint.`,
  });
}

/**
 * Browsers name the page's origin and cannot be told to lie about it: only pages served from this address,
 * or from a configured origin, may connect. Other clients send no origin.
 */
export function checkOrigin(request: IncomingMessage, allowed: readonly string[]): void {
  const { origin, host } = request.headers;
  if (origin === undefined || allowed.includes(origin)) return;
  if (host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()) return;
  throw new HttpProblem('originRefused', {
    message: `Pages of origin ${JSON.stringify(origin.slice(0, 200))} may not connect: allow it with --allow-origin.`,
  });
}

const NO_PARAMETERS = new URLSearchParams();

/** The parameters of a WebSocket address; not to be changed. */
export function checkPath(url: string): URLSearchParams {
  if (url === '/ws') return NO_PARAMETERS;
  const base = 'http://server.invalid';
  if (!URL.canParse(url, base)) throw new HttpProblem('malformedRequest');
  const { pathname, searchParams } = new URL(url, base);
  if (pathname !== '/ws') throw new HttpProblem('notFound', { message: 'WebSocket connections go to /ws.' });
  return searchParams;
}
