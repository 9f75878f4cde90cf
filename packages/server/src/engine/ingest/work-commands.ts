import { z } from 'zod';

const line = z.string('the path of a line, "area/line"').min(1).max(200);
const id = z.string().min(1).max(200);
const note = z.string().max(2000).optional();
const instant = z.number().int().min(0);
const target = z.number().int().min(1).max(1_000_000_000);
const sequence = z.number().min(0).max(1_000_000_000).optional();
const count = z.number().min(0).max(1_000_000_000).optional();
const order = { line, workOrder: id, product: id, targetCount: target };
const job = { line, jobId: id };

/** Shapes of the commands on jobs, changeovers, counts and quality. */
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
  startChangeover: z.strictObject({ line, toProduct: id, planned: z.boolean().optional() }),
  completeChangeover: z.strictObject({ line, changeoverId: id.optional() }),
  cancelChangeover: z.strictObject({ line, changeoverId: id }),
  tickChangeoverStep: z.strictObject({ line, changeoverId: id, step: id, done: z.boolean() }),
  enterCount: z.strictObject({
    line,
    good: count,
    scrap: count,
    rework: count,
    equipment: id.optional(),
    defect: id.optional(),
  }),
  correctCount: z.strictObject({ line, entryId: id, good: count, scrap: count, rework: count, note }),
  changeProduct: z.strictObject({ line, product: id.nullable(), since: instant.optional() }),
  holdParts: z.strictObject({
    line,
    count: z.number().positive().max(1_000_000_000),
    madeAt: instant.optional(),
    defect: id.optional(),
    note,
  }),
  releaseParts: z.strictObject({ line, holdId: id, good: count, scrap: count, rework: count, note }),
  recordCheck: z.strictObject({
    line,
    characteristic: id,
    values: z.array(z.number()).min(1).max(10).optional(),
    passed: z.boolean().optional(),
    note,
  }),
} as const;
