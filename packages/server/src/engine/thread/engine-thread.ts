import { parentPort, type MessagePort } from 'node:worker_threads';
import type { ObserveReply } from '../../engine-port.ts';
import { systemClock, systemRandom } from '../system-clock.ts';
import { LogError } from '../log/log-error.ts';
import { openSqliteEventLog } from '../log/event-log-sqlite.ts';
import { encodeChanges, encodeImage, encodeSignals } from './changes-codec.ts';
import { createFiguresSource, type FiguresSource } from './system-figures.ts';
import { encodeResults } from './results-codec.ts';
import { createEngineService, type EngineService } from './engine-service.ts';
import type {
  EngineCall,
  EngineMessage,
  EngineRequest,
  EngineThreadData,
  ObservedAnswer,
  ThreadError,
} from './messages.ts';

// Entry of the engine's thread. The main side is engine-proxy.ts, whose first message is what it is started with.

function run(port: MessagePort, { dataDir, plant }: EngineThreadData): void {
  const post = (message: EngineMessage, ...transferred: ArrayBuffer[]): void => {
    port.postMessage(message, transferred);
  };
  let service: EngineService;
  let source: FiguresSource;
  try {
    const log = openSqliteEventLog(dataDir, plant.config.site.id);
    source = createFiguresSource(log, dataDir, systemClock);
    service = createEngineService({
      log: source.log,
      plant,
      clock: systemClock,
      random: systemRandom,
      onCommitted: (entries, head) => {
        if (entries.length === 0) return post({ kind: 'committed', head, changes: null });
        const changes = encodeChanges(entries);
        return post({ kind: 'committed', head, changes }, changes.buffer);
      },
      onSignals: (signals) => {
        const changes = encodeSignals(signals);
        post({ kind: 'signals', changes }, changes.buffer);
      },
      onConnectors: (list) => post({ kind: 'connectors', list }),
      onFailure: (error) => post({ kind: 'failed', error: describeError(error) }),
    });
  } catch (error) {
    post({ kind: 'notReady', error: describeError(error) });
    return;
  }
  const image = encodeImage(service.image());
  post({ kind: 'ready', image }, image.buffer);
  const answering = new Set<Promise<void>>();
  let observed: ObservedAnswer[] = [];
  const postObserved = (): void => {
    const answers = observed;
    observed = [];
    if (answers.length > 0) post({ kind: 'observed', answers });
  };
  /** Bodies committed together are answered together: a message costs more than what it says. */
  const answerObserved = (id: number, value: ObserveReply): void => {
    if (value.status !== 'done') return post({ kind: 'answer', id, value });
    // Once all that was committed has been answered, in the same turn.
    if (observed.length === 0) process.nextTick(postObserved);
    observed.push({ id, results: encodeResults(value.results) });
  };
  const reply = async ({ id, request }: EngineCall): Promise<void> => {
    try {
      const value = await answer(service, request);
      // Closing is the last answer: whoever waited for what it committed hears of that first.
      if (request.kind === 'close') {
        await Promise.all(answering);
        postObserved();
      }
      if (request.kind === 'observe') answerObserved(id, value as ObserveReply);
      else post({ kind: 'answer', id, value });
    } catch (error) {
      post({ kind: 'refused', id, error: describeError(error) });
    }
  };
  port.on('message', (call: EngineCall) => {
    const done = reply(call).finally(() => answering.delete(done));
    if (call.request.kind === 'close') source.close();
    if (call.request.kind === 'close') void done.finally(() => port.close());
    else answering.add(done);
  });
  service.start();
  source.start(
    () => service.load(),
    (figures) => post({ kind: 'figures', figures }),
  );
}

async function answer(service: EngineService, request: EngineRequest): Promise<unknown> {
  if (request.kind === 'observe') return service.observe(request.body, request.source, request.permitted);
  if (request.kind === 'command') return service.command(request.request);
  if (request.kind === 'publish') return service.publish(request.request);
  if (request.kind === 'displayed') return service.displayed(request.receipt);
  if (request.kind === 'query') return service.query(request.query);
  return service.close();
}

function describeError(error: unknown): ThreadError {
  if (error instanceof LogError) return { name: error.name, message: error.message, code: error.code };
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
}

const port = parentPort;
port?.once('message', (data: EngineThreadData) => run(port, data));
