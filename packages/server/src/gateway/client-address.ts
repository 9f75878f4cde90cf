import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';

/** Finds out where a request comes from. */
export interface ClientAddresses {
  of(request: Pick<IncomingMessage, 'headers' | 'socket'>): string;
}

/**
 * The peer's address, or what the trusted proxies between say: of `X-Forwarded-For`, to which each appends whom it was
 * called by, the rightmost one that is no trusted proxy. What a client wrote there itself lies further left.
 * `trusted`: addresses and networks (`10.0.0.0/8`); empty: nobody is believed. Throws a `RangeError` for any other
 * text.
 */
export function createClientAddresses(trusted: readonly string[]): ClientAddresses {
  const proxies = new BlockList();
  for (const text of trusted) addNetwork(proxies, text);
  const isTrusted = (address: string): boolean =>
    trusted.length > 0 && proxies.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

  return {
    of({ headers, socket }) {
      let address = plainAddress(socket.remoteAddress ?? '') ?? 'unknown';
      const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
      for (let index = forwarded.length - 1; index >= 0 && isTrusted(address); index -= 1) {
        const next = plainAddress(forwarded[index]?.trim() ?? '');
        if (next === undefined) break;
        address = next;
      }
      return address;
    },
  };
}

/** IPv4 that was mapped into IPv6 counts as IPv4 (RFC 4291, 2.5.5.2). `undefined`: it is no address. */
function plainAddress(text: string): string | undefined {
  const address = text.toLowerCase().startsWith('::ffff:') && isIPv4(text.slice(7)) ? text.slice(7) : text;
  return isIP(address) === 0 ? undefined : address;
}

function addNetwork(list: BlockList, text: string): void {
  const [network = '', prefix, ...rest] = text.split('/');
  const family = isIP(network);
  const bits =
    prefix === undefined ? (family === 4 ? 32 : 128) : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (family === 0 || rest.length > 0 || bits < 0 || bits > (family === 4 ? 32 : 128))
    throw new RangeError(`${JSON.stringify(text)} is no address or network such as 10.0.0.7 or 10.0.0.0/8`);
  list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
}
