import { formatProblems } from '../config/problems.ts';
import type { HealthSettings } from '../gateway/health/health-settings.ts';
import { loadHealthSettings } from '../gateway/health/load-health-settings.ts';
import { CliError, systemCode } from './cli-error.ts';

/** The settings of `--health-config`; `undefined`: the usual ones. */
export async function healthOption(file: string | undefined): Promise<HealthSettings | undefined> {
  if (file === undefined) return undefined;
  try {
    const result = await loadHealthSettings(file);
    if (result.ok) return result.settings;
    throw new CliError(formatProblems(result.problems));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new CliError(`The health file ${file} cannot be read (${systemCode(error)}).`);
  }
}
