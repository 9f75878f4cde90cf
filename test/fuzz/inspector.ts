/** A message of the inspector: an answer, or an event. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId?: string; readonly message?: string };
  readonly result?: unknown;
}

type Call = (method: string, parameters?: object) => Promise<unknown>;

/** What all threads of a process hold on their heaps once everything unused was collected, by its inspector. */
export async function collectedHeapBytes(inspectorUrl: string): Promise<number> {
  const socket = new WebSocket(inspectorUrl);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${inspectorUrl}`)));
  });
  const threads: string[] = [];
  const waiting = new Map<number, (result: unknown) => void>();
  let calls = 0;
  const take = ({ id, method, params, result }: Message): void => {
    if (id !== undefined) {
      waiting.get(id)?.(result);
      waiting.delete(id);
    } else if (method === 'NodeWorker.attachedToWorker' && params?.sessionId !== undefined)
      threads.push(params.sessionId);
    else if (method === 'NodeWorker.receivedMessageFromWorker' && params?.message !== undefined)
      take(JSON.parse(params.message) as Message);
  };
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => take(JSON.parse(data) as Message));
  /** What is sent carries the answer's number, whichever thread answers. */
  const callBy =
    (send: (message: object) => void): Call =>
    (method, params = {}) => {
      calls += 1;
      const id = calls;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        send({ id, method, params });
      });
    };
  const main = callBy((message) => socket.send(JSON.stringify(message)));
  const inThread = (sessionId: string): Call =>
    callBy(
      (message) =>
        void main('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(message) }),
    );
  // Those that run are named before the answer.
  await main('NodeWorker.enable', { waitForDebuggerOnStart: false });
  const heaps = await Promise.all([main, ...threads.map(inThread)].map(heapOf));
  socket.close();
  return heaps.reduce((total, heap) => total + heap, 0);
}

async function heapOf(call: Call): Promise<number> {
  await call('HeapProfiler.collectGarbage');
  const { usedSize } = (await call('Runtime.getHeapUsage')) as { readonly usedSize: number };
  return usedSize;
}
