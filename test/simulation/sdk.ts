import { createClient, createMemoryOutbox } from '@ms5/client';
import { messagePack } from '@ms5/client/msgpack';
import type { SdkPorts, SimulatedSdk } from '@ms5/testkit';

/** The client SDK as applications have it, on a simulated device. */
export function createSdk(ports: SdkPorts): SimulatedSdk {
  const { clientId, clock, random, isPacked, getToken } = ports;
  return createClient({
    url: 'ws://works.test/ws',
    getToken,
    clientId,
    onTransition({ event, reason }) {
      if (event === 'violated') ports.onViolation(`${reason.code}: ${reason.message}`);
    },
    ...(isPacked ? { encoding: messagePack() } : {}),
    ports: {
      clock,
      random,
      storage: createMemoryOutbox(),
      surroundings: {
        watch(events) {
          ports.onForeground(() => events.foreground());
          return () => {};
        },
      },
      openSocket: (_url, _protocols, events) => ports.openSocket(events),
    },
  });
}
