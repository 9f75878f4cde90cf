import type { EngineState, LinePath, PlantConfig } from '@ms5/domain';
import type { TopicChange, TopicImage } from '@ms5/hub';
import type { LogEntry } from '../log/log-entry.ts';
import { alarmDocuments, alarmStatisticsDocument } from './alarm-documents.ts';
import {
  downtimeStatisticsDocument,
  equipmentTopicDocuments,
  escalationDocuments,
  lineTopicDocuments,
  stopsOf,
} from './documents.ts';
import { inboxEntries, isInbox } from './inboxes.ts';
import { periodDocuments, rollUpDocument } from './plan-documents.ts';
import { createAppTopics, isAppTopic, type AppTopics } from './app-topics.ts';
import { streamEntries } from './streams.ts';
import type { TopicImageOf } from './kept-topic.ts';
import { createTopicImages, type Removals, type TopicImages } from './topic-images.ts';
import {
  AREA_TOPICS,
  EQUIPMENT_TOPICS,
  inboxTopic,
  LINE_TOPICS,
  SITE_TOPICS,
  topicOf,
  USER_TOPICS,
  type LineTopic,
  type TopicClass,
} from './topics.ts';

/** Version of what topics hold. Raising it makes a new epoch, which voids every client's offsets. */
export const PROJECTION_VERSION = 4;

/** Turns the factory's state and events into topics; what differs from before comes out as changes. */
export interface Projector {
  /** Stream entries of one log entry, whose events were applied. */
  streams(
    entry: Pick<LogEntry, 'offset' | 'at' | 'events'>,
    state: EngineState,
    config: PlantConfig,
  ): readonly TopicChange[];
  /** Brings the documents of these lines up to date as of `at`. */
  documents(
    lines: Iterable<LinePath>,
    offset: number,
    at: number,
    state: EngineState,
    config: PlantConfig,
  ): readonly TopicChange[];
  /** Topics of other programs. */
  readonly app: AppTopics;
  /** Kind of a topic that is kept; `undefined`: there is none of this name. */
  kindOf(topic: string): TopicClass['kind'] | undefined;
  /** See `TopicImages.lastChange`. */
  lastChange(topic: string, key?: string): number;
  /** Another plant: topics it does not have are removed, streams it has are known from `offset` on. */
  reconfigure(config: PlantConfig, offset: number): readonly TopicChange[];
  images(): readonly TopicImage[];
  textImages(): readonly TopicImageOf<string>[];
  removals(): Removals;
}

const PACED_MS = 10_000;

type KeyedDocuments = Parameters<TopicImages['collection']>[4];

/** The areas of these lines, and the site. */
function areasOf(lines: Iterable<LinePath>, config: PlantConfig): readonly (string | null)[] {
  const touched = new Set(lines);
  const areas = config.lines.filter(({ path }) => touched.has(path)).map(({ areaId }) => areaId);
  return areas.length === 0 ? [] : [...new Set(areas), null];
}

export function createProjector(restored?: readonly TopicImage[], removals?: Removals): Projector {
  const images = createTopicImages(restored, removals);
  /** Figures of many lines or periods are computed anew at a pace; when they last changed is part of the image. */
  const isDue = (topic: string, at: number): boolean => {
    const last = images.find(topic)?.at ?? 0;
    return at - last >= PACED_MS || at < last;
  };
  return {
    app: createAppTopics(images, restored),
    kindOf: (topic) => images.find(topic)?.class.kind,
    lastChange: (topic, key) => images.lastChange(topic, key),
    streams: ({ offset, at, events }, state, config) => [
      ...streamEntries(events, state, config).map(({ topic, line, data }) =>
        images.append(topicOf(config.site.id, line, topic), LINE_TOPICS[topic], offset, at, data),
      ),
      ...inboxEntries(events).map(({ topic, entry }) =>
        images.append(topic, USER_TOPICS.inbox, offset, at, entry),
      ),
    ],
    documents: (lines, offset, at, state, config) => {
      const changes: TopicChange[] = [];
      /** Whether it is another than before. */
      const tell = (change: TopicChange | null): boolean => {
        if (change !== null) changes.push(change);
        return change !== null;
      };
      const tellRecord = (topic: string, of: TopicClass, document: object): boolean =>
        tell(images.record(topic, of, offset, at, document));
      const tellCollection = (topic: string, of: TopicClass, documents: KeyedDocuments): boolean =>
        tell(images.collection(topic, of, offset, at, documents));
      const site = config.site.id;
      for (const path of lines) {
        for (const [name, content] of lineTopicDocuments(state, config, path, at)) {
          const topic = topicOf(site, path, name);
          if (content.kind === 'record') tellRecord(topic, LINE_TOPICS[name], content.document);
          else tellCollection(topic, LINE_TOPICS[name], content.documents);
        }
        const periods = topicOf(site, path, 'periods');
        if (isDue(periods, at))
          tellCollection(periods, LINE_TOPICS.periods, periodDocuments(state, config, path, at));
        const statistics = topicOf(site, path, 'downtimeStatistics');
        const basis = stopsOf(state, config, path, at);
        const toldBasis = images.find(statistics)?.keys.get('basis')?.json;
        if (toldBasis !== JSON.stringify(basis) || isDue(statistics, at)) {
          const document = downtimeStatisticsDocument(state, config, path, at, basis);
          tellRecord(statistics, LINE_TOPICS.downtimeStatistics, document);
        }
        let alarmsChanged = false;
        for (const [equipment, alarms] of alarmDocuments(state, config, path, at)) {
          const topic = topicOf(site, equipment, 'alarms');
          if (tellCollection(topic, EQUIPMENT_TOPICS.alarms, alarms)) alarmsChanged = true;
        }
        const alarmFigures = topicOf(site, path, 'alarmStatistics');
        if (alarmsChanged || isDue(alarmFigures, at)) {
          const document = alarmStatisticsDocument(state, config, path, at);
          tellRecord(alarmFigures, LINE_TOPICS.alarmStatistics, document);
        }
        for (const [equipment, document] of equipmentTopicDocuments(state, config, path, at))
          tellRecord(topicOf(site, equipment, 'status'), EQUIPMENT_TOPICS.status, document);
      }
      for (const areaId of areasOf(lines, config)) {
        const topic = areaId === null ? `${site}/oee` : `${site}/${areaId}/oee`;
        if (isDue(topic, at)) tellRecord(topic, AREA_TOPICS.oee, rollUpDocument(state, config, areaId, at));
      }
      tellCollection(`${site}/escalations`, SITE_TOPICS.escalations, escalationDocuments(state, config));
      return changes;
    },
    reconfigure: (config, offset) => {
      const wanted = new Map<string, TopicClass>();
      for (const { path } of config.lines) {
        for (const name of Object.keys(LINE_TOPICS) as LineTopic[]) {
          wanted.set(topicOf(config.site.id, path, name), LINE_TOPICS[name]);
        }
      }
      for (const { path } of config.equipment) {
        wanted.set(topicOf(config.site.id, path, 'status'), EQUIPMENT_TOPICS.status);
        wanted.set(topicOf(config.site.id, path, 'alarms'), EQUIPMENT_TOPICS.alarms);
      }
      wanted.set(`${config.site.id}/oee`, SITE_TOPICS.oee);
      for (const { areaId } of config.lines) wanted.set(`${config.site.id}/${areaId}/oee`, AREA_TOPICS.oee);
      wanted.set(`${config.site.id}/escalations`, SITE_TOPICS.escalations);
      for (const { id } of config.escalation?.people ?? []) wanted.set(inboxTopic(id), USER_TOPICS.inbox);
      // People the plant does not name may have raised a call, and been asked about it.
      const isKept = (topic: string): boolean => isAppTopic(topic) || isInbox(topic) || wanted.has(topic);
      const removed = images.retain(isKept, offset);
      for (const [topic, of] of wanted) images.declare(topic, of, offset);
      return removed;
    },
    images: () => images.images(),
    textImages: () => images.textImages(),
    removals: () => images.removals(),
  };
}
