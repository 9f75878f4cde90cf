import { lineOf } from '../engine/engine-state.ts';
import type { FactoryEvent, StepResult } from '../engine/engine-types.ts';
import { refused, unknownName } from '../engine/refusal.ts';
import { lineProductAt } from '../oee/line-constraint.ts';
import type { EpochMs } from '../plant/plant.ts';
import type { CharacteristicConfig, WesternElectricRule } from '../plant/work-config.ts';
import { brokenRules, controlChart } from './control-chart.ts';
import type { QualityAsked } from './quality-asked.ts';
import type { QualityCommand } from './quality-events.ts';
import type { CheckVerdict, QualityState } from './quality.ts';
import { qualityOf } from './quality.ts';

type RecordCheck = Extract<QualityCommand, { name: 'recordCheck' }>;

/** Records a check, and raises or clears the alert of its characteristic when it is the newest. */
export function decideRecordCheck(asked: QualityAsked, command: RecordCheck): StepResult {
  const { state, line, author, at } = asked;
  const { path, characteristics = [] } = line.config;
  const { characteristic, note } = command;
  const checked = characteristics.find(({ id }) => id === characteristic);
  if (checked === undefined) {
    const known = characteristics.map(({ id }) => id);
    return unknownName('unknownCharacteristic', 'characteristic', characteristic, known, 'characteristic');
  }
  const product = lineProductAt(state, line, at);
  if (checked.products.length > 0 && !(product !== null && checked.products.includes(product)))
    return refused(
      'otherProduct',
      `${characteristic} is not checked on ${product ?? 'no product'}`,
      'characteristic',
    );
  const verdict = verdictOf(checked, command);
  if (typeof verdict !== 'string') return verdict;
  const checkId = `check-${(state.lastCheck ?? 0) + 1}`;
  const recorded: FactoryEvent = {
    type: 'qualityCheckRecorded',
    checkId,
    line: path,
    at,
    author,
    characteristic,
    product,
    ...(checked.kind === 'numeric' && command.values !== undefined ? { values: command.values } : null),
    verdict,
    ...(note === undefined ? null : { note }),
  };
  const quality = qualityOf(lineOf(state, path));
  const alert = alertAfter(quality, checked, at, verdict, command.values ?? []);
  const place = { checkId, line: path, at, characteristic };
  const stands = quality.alerts[characteristic];
  if (alert === 'late') return { events: [recorded], data: { checkId } };
  if (alert === null)
    return {
      events: stands === undefined ? [recorded] : [recorded, { type: 'qualityAlertCleared', ...place }],
      data: { checkId },
    };
  const isSame = stands?.kind === alert.kind && stands.rules.join() === alert.rules.join();
  return {
    events: isSame ? [recorded] : [recorded, { type: 'qualityAlertRaised', ...place, ...alert }],
    data: { checkId },
  };
}

function verdictOf(
  checked: CharacteristicConfig,
  { values, passed }: RecordCheck,
): CheckVerdict | StepResult {
  if (checked.kind === 'passFail') {
    if (passed === undefined || values !== undefined)
      return refused('wrongCheck', `${checked.id} is passed or failed; expected "passed" alone`, 'passed');
    return passed ? 'passed' : 'failed';
  }
  if (values === undefined || passed !== undefined)
    return refused('wrongCheck', `${checked.id} is measured; expected "values" alone`, 'values');
  if (values.length !== checked.sampleSize || !values.every(Number.isFinite))
    return refused(
      'wrongSampleSize',
      `${values.length} values; a check of ${checked.id} has ${checked.sampleSize}`,
      'values',
    );
  const { lower = -Infinity, upper = Infinity } = checked;
  return values.every((value) => value >= lower && value <= upper) ? 'inLimits' : 'outOfLimits';
}

interface Alert {
  readonly kind: 'outOfLimits' | 'controlRule';
  readonly rules: readonly WesternElectricRule[];
}

/** What stands after this check; a check that came late changes no alert. */
function alertAfter(
  { checks }: QualityState,
  checked: CharacteristicConfig,
  at: EpochMs,
  verdict: CheckVerdict,
  values: readonly number[],
): Alert | null | 'late' {
  const own = checks.filter(({ characteristic }) => characteristic === checked.id);
  if (own.some((each) => each.at > at)) return 'late';
  if (verdict === 'outOfLimits' || verdict === 'failed') return { kind: 'outOfLimits', rules: [] };
  if (checked.kind === 'passFail' || checked.rules.length === 0) return null;
  const samples = [
    ...own.flatMap((each) => (each.values?.length === checked.sampleSize ? [each.values] : [])),
    values,
  ];
  const { points, limits } = controlChart(samples, checked.process);
  if ('unknown' in limits) return null;
  const means = points.map(({ mean }) => mean);
  const rules = brokenRules(means, limits).filter((rule) => checked.rules.includes(rule));
  return rules.length === 0 ? null : { kind: 'controlRule', rules };
}
