import {
  currentChangeover,
  currentJob,
  hourBoard,
  lineChangeovers,
  lineChecks,
  lineJobs,
  lineQuality,
  nextJob,
  type EngineState,
  type LinePath,
  type PlantConfig,
} from '@ms5/domain';
import type {
  ChangeoverDocument,
  ChangeoversDocument,
  CheckDocument,
  HourDocument,
  JobDocument,
  JobsDocument,
  QualityStatusDocument,
} from '@ms5/wire/factory';
import { collection, record, type TopicContent } from './topic-content.ts';

type WorkTopic = 'job' | 'jobs' | 'changeover' | 'changeovers' | 'hours' | 'checks' | 'qualityStatus';

/** What the topics of a line hold of its jobs, changeovers, hours and quality, as of `at`. */
export function workDocuments(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  at: number,
): readonly (readonly [WorkTopic, TopicContent])[] {
  const job: JobDocument = { job: currentJob(state, config, path, at), next: nextJob(state, path) };
  const changeover: ChangeoverDocument = { changeover: currentChangeover(state, config, path) };
  const quality: QualityStatusDocument = lineQuality(state, config, path, at);
  const jobs: readonly JobsDocument[] = lineJobs(state, config, path, at);
  const changeovers: readonly ChangeoversDocument[] = lineChangeovers(state, config, path);
  const hours: readonly HourDocument[] = hourBoard(state, config, path, at);
  const checks: readonly CheckDocument[] = lineChecks(state, config, path, at);
  return [
    ['job', record(job)],
    ['jobs', collection(jobs, ({ id }) => id)],
    ['changeover', record(changeover)],
    ['changeovers', collection(changeovers, ({ id }) => id)],
    ['hours', collection(hours, ({ from }) => String(from))],
    ['checks', collection(checks, ({ characteristic }) => characteristic)],
    ['qualityStatus', record(quality)],
  ];
}
