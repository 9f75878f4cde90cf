import {
  currentJob,
  lineJobs,
  nextJob,
  type EngineState,
  type LinePath,
  type PlantConfig,
} from '@ms5/domain';
import type { JobDocument, JobsDocument } from '@ms5/wire/factory';
import type { TopicContent } from './documents.ts';

/** What the topics of a line hold of its jobs, as of `at`. */
export function workDocuments(
  state: EngineState,
  config: PlantConfig,
  path: LinePath,
  at: number,
): readonly (readonly ['job' | 'jobs', TopicContent])[] {
  const job: JobDocument = { job: currentJob(state, config, path, at), next: nextJob(state, path) };
  const jobs = lineJobs(state, config, path, at) satisfies readonly JobsDocument[];
  return [
    ['job', { kind: 'record', document: job }],
    ['jobs', { kind: 'collection', documents: jobs.map((each) => [each.id, each] as const) }],
  ];
}
