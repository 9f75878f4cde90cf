import { z } from 'zod';

const line = z.string('the path of a line, "area/line"').min(1).max(200);
const id = z.string().min(1).max(200);
const note = z.string().max(2000).optional();
const instant = z.number().int().min(0);
const target = z.number().int().min(1).max(1_000_000_000);
const sequence = z.number().min(0).max(1_000_000_000).optional();
const order = { line, workOrder: id, product: id, targetCount: target };
const job = { line, jobId: id };

/** Shapes of the commands on jobs. */
export const WORK_SCHEMAS = {
  planJob: z.strictObject({ ...order, dueAt: instant.optional(), sequence }),
  startJob: z.strictObject(order),
  startPlannedJob: z.strictObject(job),
  pauseJob: z.strictObject({ ...job, note }),
  resumeJob: z.strictObject(job),
  completeJob: z.strictObject({ line, jobId: id.optional() }),
  cancelJob: z.strictObject({ ...job, note }),
  changeJob: z.strictObject({
    ...job,
    targetCount: target.optional(),
    sequence,
    dueAt: instant.nullable().optional(),
  }),
  assignJob: z.strictObject({ ...job, toLine: line, sequence }),
} as const;
