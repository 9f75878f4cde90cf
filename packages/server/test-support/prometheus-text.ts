/** One sample of a page in the text format of Prometheus (version 0.0.4). */
export interface PrometheusSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly PrometheusSample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/g;

/** Reads a page; throws at the first line that does not belong in one. */
export function parsePrometheus(text: string): readonly PrometheusFamily[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, { type: string; help: string; samples: PrometheusSample[] }>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`).exec(line);
    if (comment !== null) {
      const [, what, name = '', rest = ''] = comment;
      const family = families.get(name) ?? { type: '', help: '', samples: [] };
      families.set(name, family);
      if (family.samples.length > 0) throw new Error(`${what} of ${name} follows its samples`);
      if (what === 'HELP') family.help = rest;
      else family.type = rest;
      continue;
    }
    const sample = parseSample(line);
    const family = families.get(sample.name) ?? families.get(sample.name.replace(/_(bucket|sum|count)$/, ''));
    if (family === undefined) throw new Error(`no TYPE before: ${line}`);
    family.samples.push(sample);
  }
  return [...families].map(([name, { type, help, samples }]) => ({ name, type, help, samples }));
}

function parseSample(line: string): PrometheusSample {
  const match = SAMPLE.exec(line);
  if (match === null) throw new Error(`not a sample: ${line}`);
  const [, name = '', labelText = '', valueText = ''] = match;
  const labels: Record<string, string> = {};
  let read = 0;
  for (const [whole, label = '', value = ''] of labelText.matchAll(LABEL)) {
    labels[label] = value;
    read += whole.length;
  }
  if (read !== labelText.length) throw new Error(`labels not understood: ${line}`);
  const value = valueText === '+Inf' ? Infinity : Number(valueText);
  if (Number.isNaN(value)) throw new Error(`not a number: ${line}`);
  return { name, labels, value };
}
