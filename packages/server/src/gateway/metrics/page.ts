import { Counter, Gauge, Registry, type Histogram } from 'prom-client';
import { METRICS, type MetricName, type MetricSpec } from './metric-names.ts';

/** One value of a metric. */
export interface MetricValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Counts by bucket since the start; one more than there are bounds, not cumulative. */
export interface BucketCounts {
  readonly labels: Readonly<Record<string, string>>;
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
}

type HistogramName = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends 'histogram' ? Name : MetricName;
}[MetricName];

/** What is counted while the server works is plain numbers; this makes the page of them when it is asked for. */
export interface MetricsPage {
  readonly contentType: string;
  set(name: MetricName, values: readonly MetricValue[]): void;
  buckets(name: HistogramName, values: readonly BucketCounts[]): void;
  text(): Promise<string>;
}

const MS_PER_S = 1_000;

/** A histogram whose buckets were counted elsewhere. */
interface CountedHistogram {
  readonly name: string;
  values: readonly BucketCounts[];
  get(): Promise<unknown>;
}

function createHistogram({ name, help }: MetricSpec): CountedHistogram {
  return {
    name,
    values: [],
    get() {
      const values = this.values.flatMap((counted) => samplesOf(name, counted));
      return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
    },
  };
}

function samplesOf(name: string, { labels, boundsMs, counts, sumMs }: BucketCounts) {
  let below = 0;
  const buckets = counts.map((count, index) => {
    below += count;
    const bound = boundsMs[index];
    const le = bound === undefined ? '+Inf' : bound / MS_PER_S;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: below, exemplar: null };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumMs / MS_PER_S },
    { metricName: `${name}_count`, labels, value: below },
  ];
}

export function createMetricsPage(): MetricsPage {
  const registry = new Registry();
  const plain = new Map<MetricName, Counter | Gauge>();
  const counted = new Map<MetricName, CountedHistogram>();
  for (const [name, spec] of Object.entries(METRICS) as [MetricName, MetricSpec][]) {
    if (spec.type === 'histogram') {
      const histogram = createHistogram(spec);
      counted.set(name, histogram);
      // The registry asks a metric for its name and its values; its types know its own classes only.
      registry.registerMetric(histogram as unknown as Histogram);
      continue;
    }
    const Kind = spec.type === 'counter' ? Counter : Gauge;
    const options = { name: spec.name, help: spec.help, labelNames: [...spec.labels] };
    plain.set(name, new Kind({ ...options, registers: [registry] }));
  }
  return {
    contentType: registry.contentType,
    set(name, values) {
      const metric = plain.get(name);
      if (metric === undefined) return;
      metric.reset();
      // A metric without labels starts at 0 by itself; with labels what is not named is not there.
      for (const { labels, value } of values) metric.inc(labels, value);
    },
    buckets(name, values) {
      const histogram = counted.get(name);
      if (histogram !== undefined) histogram.values = values;
    },
    text: () => registry.metrics(),
  };
}
