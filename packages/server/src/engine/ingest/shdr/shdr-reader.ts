import type { Observation } from '@ms5/domain';
import type { ShdrConnectorConfig } from '../../../config/index.ts';
import type { Telemetry } from '../connector.ts';
import { createLineSplitter, MAX_LINE_BYTES, type LineSplitter } from './line-splitter.ts';
import type { ShdrItem } from './shdr-line.ts';
import { createShdrMapper } from './shdr-mapper.ts';
import { createShdrParser, type ShdrParser } from './shdr-parser.ts';

/** What a piece of input amounts to. */
export interface Reading {
  readonly facts: readonly Observation[];
  readonly telemetry: readonly Telemetry[];
  /** Why lines or values could not be used. */
  readonly rejected: readonly string[];
  /** Intervals asked for by PONGs; `null` of one that names none. */
  readonly pongs: readonly (number | null)[];
  /** A line is too long to be SHDR; the input must be ended. */
  readonly overflow: boolean;
}

/** Bytes of successive connections to one machine → observations. Holds what was merely heard until it is taken. */
export interface ShdrReader {
  read(chunk: Uint8Array, receivedAt: number): Reading;
  /** Instants at which the machine was merely heard since the last call. */
  takeHeard(receivedAt: number): Observation | null;
  /** The input ended; what was held comes out, last of all that contact is lost. The next input starts afresh. */
  end(receivedAt: number): Reading;
}

export function createShdrReader(connector: ShdrConnectorConfig, silentAfterMs: number | null): ShdrReader {
  const mapper = createShdrMapper({ connector, silentAfterMs });
  let splitter: LineSplitter = createLineSplitter();
  let parser: ShdrParser = createShdrParser();

  const readItems = (items: Iterable<ShdrItem>, receivedAt: number, overflow: boolean): Reading => {
    const facts: Observation[] = [];
    const rejected: string[] = [];
    const pongs: (number | null)[] = [];
    for (const item of items) {
      if (item.kind === 'rejected') rejected.push(item.message);
      if (item.kind === 'pong') pongs.push(item.intervalMs);
      const fact = mapper.take(item, receivedAt);
      if (fact !== null) facts.push(fact);
    }
    rejected.push(...mapper.takeBadValues().map(({ message }) => message));
    if (overflow) rejected.push(`a line is longer than ${MAX_LINE_BYTES} bytes`);
    return { facts, telemetry: mapper.takeTelemetry(), rejected, pongs, overflow };
  };

  return {
    read: (chunk, receivedAt) => {
      const { lines, overflow } = splitter.push(chunk);
      if (overflow) splitter = createLineSplitter();
      return readItems(
        lines.flatMap((line) => parser.line(line)),
        receivedAt,
        overflow,
      );
    },
    takeHeard: (receivedAt) => mapper.takeHeard(receivedAt),
    end: (receivedAt) => {
      const rest = splitter.rest();
      const last = readItems(parser.end(), receivedAt, false);
      splitter = createLineSplitter();
      parser = createShdrParser();
      const held = [mapper.takeHeard(receivedAt), mapper.disconnected(receivedAt)];
      const unfinished = rest.trim() === '' ? [] : [`the input ends inside the line "${printable(rest)}"`];
      return {
        ...last,
        facts: [...last.facts, ...held.filter((each) => each !== null)],
        rejected: [...last.rejected, ...unfinished],
      };
    },
  };
}

function printable(text: string): string {
  return text.slice(0, 60).replaceAll(/[^\u0020-\u007e]/g, '?');
}
