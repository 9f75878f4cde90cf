import { DEGRADATION_TERMS, type DegradationTerms } from '@ms5/hub';
import { ALERT_NAMES, ALERT_RULES, type AlertName } from './alert-rules.ts';
import type { AlertSettings } from './alerts.ts';

/** What operators may set about health. */
export interface HealthSettings {
  readonly alerts: AlertSettings;
  readonly degradation: DegradationTerms;
  /** Below this much free disk space the server is not ready. */
  readonly readyFreeBytes: number;
  /** What the process may use; `null`: the container's limit, or the machine's memory. */
  readonly memoryLimitBytes: number | null;
}

export const DEFAULT_HEALTH: HealthSettings = {
  alerts: defaultAlerts(),
  degradation: DEGRADATION_TERMS,
  readyFreeBytes: 64 * 1024 * 1024,
  memoryLimitBytes: null,
};

function defaultAlerts(): AlertSettings {
  const entries = ALERT_NAMES.map((name) => [name, ALERT_RULES[name].terms] as const);
  return Object.fromEntries(entries) as Record<AlertName, AlertSettings[AlertName]>;
}
