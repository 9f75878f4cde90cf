import {
  createClient,
  createIndexedDbOutbox,
  isApplied,
  lineTopics,
  UnauthorizedError,
  type Client,
  type LineStatusDocument,
} from '@ms5/client';

/** Connects and follows one line. `print` gets a line of text whenever there is something new. */
export function watchLine(url: string, token: () => string | null, print: (text: string) => void): Client {
  const client = createClient({
    url,
    async getToken() {
      const current = token();
      if (current === null) throw new UnauthorizedError('signed out');
      return current;
    },
    // In a browser commands outlive the tab; elsewhere give a file or another store, or nothing.
    ports: typeof indexedDB === 'undefined' ? {} : { storage: createIndexedDbOutbox() },
  });

  const topics = lineTopics('plant', 'packaging/line-1');
  const status = client.record<LineStatusDocument>(topics.status);
  status.subscribe(() => {
    const { freshness, value, at } = status.get();
    print(
      `${value.state?.name ?? '?'} (${freshness}, as of ${at === null ? '?' : new Date(at).toISOString()})`,
    );
  });

  client.stream(
    topics.events,
    ({ offset }) => print(`event ${offset}`),
    () => print('events were missed'),
  );

  client.onState(({ status: connection, reason }) => print(`${connection}: ${reason.message}`));
  client.connect();
  return client;
}

/** Resolves when the call is on the board, perhaps long after; until then it is in `client.pending()`. */
export async function callMaterial(client: Client): Promise<boolean> {
  const outcome = await client.command('raiseCall', {
    line: 'packaging/line-1',
    callType: 'material',
    priority: 'high',
  });
  return isApplied(outcome);
}
