import type { FaultProxy, LinkDirection, ProxiedConnection, SeededRandom } from '@ms5/testkit';
import type { Act, Counts } from '@ms5/testkit';
import { systemClock } from './system-clock.ts';

const DIRECTIONS: readonly LinkDirection[] = ['toClient', 'toServer'];

/** What happens to the network, by chance. */
export function linkActs(proxy: FaultProxy, random: SeededRandom, { note }: Counts): readonly Act[] {
  /** The act on one connection, if there is one. */
  const one =
    (what: string, perform: (connection: ProxiedConnection) => void): (() => void) =>
    () => {
      const connections = proxy.connections();
      if (connections.length === 0) return;
      note(what);
      perform(random.pick(connections));
    };
  const direction = (): LinkDirection => random.pick(DIRECTIONS);
  return [
    [3, one('drop', (connection) => connection.reset())],
    [2, one('dropForOne', (connection) => connection.reset(random.pick(['client', 'server'])))],
    [2, one('halfOpen', (connection) => connection.swallow(random.chance(0.3) ? undefined : direction()))],
    [
      3,
      one('throttle', (connection) =>
        connection[direction()].setFaults({ bytesPerSecond: random.int(1_000, 40_000) }),
      ),
    ],
    [
      3,
      one('delay', (connection) =>
        connection[direction()].setFaults({ delayMs: random.int(1, 150), jitterMs: random.int(0, 100) }),
      ),
    ],
    [
      3,
      one('stall', (connection) => {
        const link = connection[direction()];
        link.setFaults({ isFrozen: true });
        systemClock.after(random.int(20, 800), () => link.setFaults({ isFrozen: false }));
      }),
    ],
    [
      1,
      () => {
        note('refuse');
        proxy.setRefusing(true);
        systemClock.after(random.int(20, 300), () => proxy.setRefusing(false));
      },
    ],
    [
      1,
      () => {
        note('reorderConnections');
        proxy.setConnectDelay(random.int(0, 200));
      },
    ],
  ];
}

/** From now on the network is good; connections that died without a word end. */
export function calmLinks(proxy: FaultProxy): void {
  proxy.setRefusing(false);
  proxy.setConnectDelay(0);
  proxy.setFaults({ delayMs: 0, jitterMs: 0, bytesPerSecond: Infinity, isFrozen: false });
  for (const connection of proxy.connections()) if (connection.isHalfOpen()) connection.reset();
}
