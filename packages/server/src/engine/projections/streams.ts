import { newsOf, type EngineState, type FactoryEvent, type LinePath, type PlantConfig } from '@ms5/domain';
import { isBookkeeping, lineOfEvent } from './event-lines.ts';

export interface LineStreamEntry {
  readonly topic: 'events' | 'quality';
  readonly line: LinePath;
  /** The entry's events of that line, in order. */
  readonly data: readonly object[];
}

/**
 * One entry per line and stream: `events` tells what became true, `quality` what bears on the quality of parts.
 * Machines that repeat themselves every few seconds would fill `events`; repetitions are facts in the log, but no news.
 */
export function streamEntries(
  events: readonly FactoryEvent[],
  state: EngineState,
  config: PlantConfig,
): readonly LineStreamEntry[] {
  const byLine = new Map<LinePath, FactoryEvent[]>();
  for (const event of events) {
    if (isBookkeeping(event)) continue;
    const line = lineOfEvent(event, state, config);
    if (line === undefined) continue;
    const news = newsOf(state, event);
    if (news.length === 0) continue;
    const own = byLine.get(line);
    if (own === undefined) byLine.set(line, [...news]);
    else own.push(...news);
  }
  return [...byLine].flatMap(([line, own]): LineStreamEntry[] => {
    const quality = own.flatMap(qualityOf);
    const all: LineStreamEntry = { topic: 'events', line, data: own };
    return quality.length === 0 ? [all] : [all, { topic: 'quality', line, data: quality }];
  });
}

/** Events about the quality of parts, beside the scrap and rework that machines and people count. */
const QUALITY_EVENTS: ReadonlySet<string> = new Set<FactoryEvent['type']>([
  'countCorrected',
  'partsHeld',
  'partsReleased',
  'qualityCheckRecorded',
  'qualityCheckOverdue',
  'qualityAlertRaised',
  'qualityAlertCleared',
  'qualityThresholdCrossed',
]);

function qualityOf(event: FactoryEvent): readonly object[] {
  if (QUALITY_EVENTS.has(event.type)) return [event];
  if (event.type !== 'counted' || (event.scrap === 0 && event.rework === 0)) return [];
  const { type, equipment, at, scrap, rework, author, entryId, defect } = event;
  return [
    {
      type,
      equipment,
      at,
      scrap,
      rework,
      ...(author === undefined ? {} : { author }),
      ...(entryId === undefined ? {} : { entryId }),
      ...(defect === undefined ? {} : { defect }),
    },
  ];
}
