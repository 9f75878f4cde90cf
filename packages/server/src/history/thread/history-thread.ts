import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openEventLogReader } from '../../engine/log/event-log-reader.ts';
import { systemClock } from '../../engine/system-clock.ts';
import { startHistoryService, type HistoryService } from '../history-service.ts';
import { openHistory } from '../open-history.ts';
import { openTelemetryStore } from '../telemetry-store.ts';
import type { HistoryCall, HistoryMessage, HistoryThreadData } from './messages.ts';

// Entry of the history's thread. The main side is history-proxy.ts.

function run(port: MessagePort, { dataDir, settings }: HistoryThreadData): void {
  const post = (message: HistoryMessage): void => {
    port.postMessage(message);
  };
  let service: HistoryService;
  try {
    const log = openEventLogReader(dataDir);
    const history = openHistory({ directory: dataDir, logId: log.id, site: log.site });
    service = startHistoryService({
      log,
      history,
      telemetry: openTelemetryStore(dataDir),
      settings,
      clock: systemClock,
      onFigures: (figures) => post({ kind: 'figures', figures }),
      onFailure: (error) => post({ kind: 'failed', message: error.message }),
    });
  } catch (error) {
    post({ kind: 'notReady', message: messageOf(error) });
    return;
  }
  port.on('message', (call: HistoryCall) => {
    if (call.kind === 'signals') service.signals(call.changes);
    else if (call.kind === 'query') void answer(service, call).then(post);
    else {
      service.close();
      post({ kind: 'closed' });
      port.close();
    }
  });
}

async function answer(
  service: HistoryService,
  { id, query, head }: Extract<HistoryCall, { kind: 'query' }>,
): Promise<HistoryMessage> {
  try {
    return { kind: 'answer', id, reply: await service.query(query, head) };
  } catch (error) {
    return { kind: 'refused', id, message: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (parentPort !== null) run(parentPort, workerData as HistoryThreadData);
