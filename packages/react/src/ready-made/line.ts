import {
  lineTopics,
  type EquipmentStatusDocument,
  type Freshness,
  type Json,
  type LineStatusDocument,
  type OeeDocument,
  type ProductionDocument,
  type RecordValue,
  type StreamEvent,
  type TelemetryValue,
} from '@ms5/client';
import {
  useRecord,
  useSignals,
  useStream,
  type RecordView,
  type SignalView,
  type ViewsOf,
} from '../topics.ts';
import { worstFreshness } from './freshness.ts';

export interface ProductionData {
  readonly status: RecordValue<LineStatusDocument>;
  readonly production: RecordValue<ProductionDocument>;
  readonly oee: RecordValue<OeeDocument>;
  /** Of the oldest of the three. */
  readonly freshness: Freshness;
}

/** State, counts and OEE of one line, live. `line` is `{area}/{line}`. */
export function useRealTimeProductionData(site: string, line: string): ProductionData {
  const topics = lineTopics(site, line);
  const status = useRecord<LineStatusDocument>(topics.status);
  const production = useRecord<ProductionDocument>(topics.production);
  const oee = useRecord<OeeDocument>(topics.oee);
  return {
    status: status.value,
    production: production.value,
    oee: oee.value,
    freshness: worstFreshness([status.freshness, production.freshness, oee.freshness]),
  };
}

export interface EquipmentData {
  readonly status: RecordView<EquipmentStatusDocument>;
  /** Latest telemetry by name. */
  readonly telemetry: ReadonlyMap<string, { readonly value: TelemetryValue; readonly at: number | null }>;
}

function selectTelemetry({ value }: ViewsOf<SignalView<TelemetryValue>>): EquipmentData['telemetry'] {
  const latest = new Map<string, { value: TelemetryValue; at: number | null }>();
  for (const [topic, view] of value) {
    const name = topic.slice(topic.lastIndexOf('/') + 1);
    if (view.value !== undefined) latest.set(name, { value: view.value, at: view.at });
  }
  return latest;
}

/** One equipment's state, counts and telemetry. `line` is `{area}/{line}`. */
export function useEquipmentWebSocket(site: string, line: string, equipment: string): EquipmentData {
  const topics = lineTopics(site, line).equipment(equipment);
  const status = useRecord<EquipmentStatusDocument>(topics.status);
  const telemetry = useSignals<TelemetryValue, EquipmentData['telemetry']>(
    topics.telemetry('+'),
    selectTelemetry,
  );
  return { status, telemetry };
}

export interface QualityData {
  readonly counts: ProductionDocument['counts'] | undefined;
  /** GQ / PQ, 0–1. */
  readonly ratio: OeeDocument['quality']['value'] | undefined;
  readonly freshness: Freshness;
}

/**
 * Good, scrap and rework of the current shift, and the quality ratio; `onEvent` with every entry of the line's quality
 * stream from now on. `line` is `{area}/{line}`.
 */
export function useQualityWebSocket(
  site: string,
  line: string,
  onEvent?: (event: StreamEvent<Json>) => void,
): QualityData {
  const topics = lineTopics(site, line);
  const counts = useRecord<ProductionDocument, Pick<QualityData, 'counts' | 'freshness'>>(
    topics.production,
    ({ value, freshness }) => ({ counts: value.counts, freshness }),
  );
  const quality = useRecord<OeeDocument, Pick<QualityData, 'ratio' | 'freshness'>>(
    topics.oee,
    ({ value, freshness }) => ({ ratio: value.quality?.value, freshness }),
  );
  useStream<Json>(onEvent === undefined ? null : topics.quality, (event) => onEvent?.(event));
  return {
    counts: counts.counts,
    ratio: quality.ratio,
    freshness: worstFreshness([counts.freshness, quality.freshness]),
  };
}
