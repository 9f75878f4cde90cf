// A thread of a server under test that hands its main thread values of a signal, as the engine's does. Each carries the
// time at which it was handed over, so what the main thread is late by counts, and what this one's timer is late by
// does not.
import { parentPort, workerData } from 'node:worker_threads';
import { nowMs } from '../measure/clock.ts';
import { eventText, FIRST_SEQUENCE } from '../measure/event.ts';

const { everyMs } = workerData as { readonly everyMs: number };
let sequence = FIRST_SEQUENCE;

setInterval(() => {
  parentPort?.postMessage(eventText(sequence, nowMs()), []);
  sequence += 1;
}, everyMs);
