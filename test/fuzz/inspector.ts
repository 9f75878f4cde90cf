/** What the main thread of a process holds once everything unused was collected, by its inspector. */
export async function collectedHeapBytes(inspectorUrl: string): Promise<number> {
  const socket = new WebSocket(inspectorUrl);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${inspectorUrl}`)));
  });
  const call = (id: number, method: string): Promise<unknown> =>
    new Promise((resolve) => {
      const listener = ({ data }: MessageEvent<string>): void => {
        const answer = JSON.parse(data) as { readonly id?: number; readonly result?: unknown };
        if (answer.id !== id) return;
        socket.removeEventListener('message', listener);
        resolve(answer.result);
      };
      socket.addEventListener('message', listener);
      socket.send(JSON.stringify({ id, method }));
    });
  await call(1, 'HeapProfiler.collectGarbage');
  const { usedSize } = (await call(2, 'Runtime.getHeapUsage')) as { readonly usedSize: number };
  socket.close();
  return usedSize;
}
