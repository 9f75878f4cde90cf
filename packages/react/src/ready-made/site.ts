import {
  lineOf,
  siteTopics,
  type Freshness,
  type LineStatusDocument,
  type OeeDocument,
  type ProductionDocument,
  type RecordValue,
} from '@ms5/client';
import { useMemo } from 'react';
import { useRecords, type RecordView } from '../topics.ts';
import { useAndonEvents, type AndonEvents } from './andon.ts';
import { worstFreshness } from './freshness.ts';
import { useWebSocket, type WebSocketHandle } from './web-socket.ts';

export interface LineFigures {
  /** `{area}/{line}`. */
  readonly line: string;
  readonly production: RecordValue<ProductionDocument>;
  readonly oee: RecordValue<OeeDocument>;
  readonly freshness: Freshness;
}

export interface LineOverview extends LineFigures {
  readonly status: RecordValue<LineStatusDocument>;
}

type Views<T> = ReadonlyMap<string, RecordView<T>>;

function byLine<T>(views: Views<T>): ReadonlyMap<string, RecordView<T>> {
  return new Map([...views].map(([topic, view]) => [lineOf(topic) ?? topic, view]));
}

function figuresOf(
  line: string,
  production: RecordView<ProductionDocument> | undefined,
  oee: RecordView<OeeDocument> | undefined,
): LineFigures {
  return {
    line,
    production: production?.value ?? {},
    oee: oee?.value ?? {},
    freshness: worstFreshness([production?.freshness ?? 'lost', oee?.freshness ?? 'lost']),
  };
}

/** Counts and OEE of every line of a site, in the order of their ids. */
export function useProductionWebSocket(site: string): readonly LineFigures[] {
  const topics = siteTopics(site);
  const production = useRecords<ProductionDocument>(topics.production).value;
  const oee = useRecords<OeeDocument>(topics.oee).value;
  return useMemo(() => {
    const productionByLine = byLine(production);
    const oeeByLine = byLine(oee);
    const lines = [...new Set([...productionByLine.keys(), ...oeeByLine.keys()])].sort();
    return lines.map((line) => figuresOf(line, productionByLine.get(line), oeeByLine.get(line)));
  }, [production, oee]);
}

export interface Dashboard {
  readonly socket: WebSocketHandle;
  readonly lines: readonly LineOverview[];
  readonly andon: AndonEvents;
}

/** Everything a plant screen shows: the connection, each line's state and figures, and the calls. */
export function useDashboardWebSocket(site: string): Dashboard {
  const socket = useWebSocket();
  const andon = useAndonEvents(site);
  const figures = useProductionWebSocket(site);
  const status = useRecords<LineStatusDocument>(siteTopics(site).status).value;
  const lines = useMemo(() => {
    const figuresByLine = new Map(figures.map((line) => [line.line, line]));
    return [...byLine(status)].map(([line, view]): LineOverview => {
      const { production, oee, freshness } = figuresByLine.get(line) ?? figuresOf(line, undefined, undefined);
      const status = view.value;
      return { line, status, production, oee, freshness: worstFreshness([freshness, view.freshness]) };
    });
  }, [figures, status]);
  return { socket, lines, andon };
}
