import type { PostingTarget } from '../simulation/poster.ts';

type Engine = PostingTarget['engine'];

interface ObservationsBody {
  readonly results: Extract<Awaited<ReturnType<Engine['observe']>>, { status: 'done' }>['results'];
}

/** Long enough for a server that has much to do; who is not answered sends again meanwhile. */
const TIMEOUT_MS = 10_000;

/** Observations and publications over HTTP; rejects where no answer came. `onAnswer` is told what became of each. */
export function createHttpTarget(
  url: string,
  token: string,
  onAnswer: (answer: string) => void,
): PostingTarget {
  const post = async (path: string, body: string | Uint8Array): Promise<Response> => {
    try {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body as string,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      onAnswer(`${path} ${response.status}`);
      return response;
    } catch (error) {
      onAnswer(`${path} ${String(error)}`);
      throw error;
    }
  };

  return {
    engine: {
      async observe(body): ReturnType<Engine['observe']> {
        const response = await post('/api/v1/observations', body);
        if (response.status !== 207) return { status: 'busy', retryAfterMs: 0 };
        const { results } = (await response.json()) as ObservationsBody;
        return { status: 'done', results };
      },
      async publish({ author: _author, ...publication }): ReturnType<Engine['publish']> {
        const response = await post('/api/v1/publish', JSON.stringify(publication));
        return response.ok
          ? { status: 'published', isDuplicate: false }
          : { status: 'busy', retryAfterMs: 0 };
      },
    },
  };
}
