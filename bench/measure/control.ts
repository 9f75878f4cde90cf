import { createInterface } from 'node:readline';

/** A request of the orchestrator to one of its processes, as a line of JSON on stdin; the answer comes on stdout. */
interface Request {
  readonly id: number;
  readonly call: string;
  readonly data: unknown;
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

type Handler = (data: never) => unknown;

/** Answers the orchestrator's calls until stdin ends, then ends the process: nothing outlives the orchestrator. */
export function serveCalls(handlers: Readonly<Record<string, Handler>>): void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const request = JSON.parse(line) as Request;
    void answer(handlers, request);
  });
  lines.on('close', () => process.exit(0));
  process.stdout.write(`${JSON.stringify({ id: 0, value: 'started' } satisfies Answer)}\n`);
}

async function answer(
  handlers: Readonly<Record<string, Handler>>,
  { id, call, data }: Request,
): Promise<void> {
  let reply: Answer;
  try {
    const handler = handlers[call] as ((data: unknown) => unknown) | undefined;
    if (handler === undefined) throw new Error(`unknown call ${call}`);
    reply = { id, value: (await handler(data)) ?? null };
  } catch (error) {
    reply = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
