import { z } from 'zod';

const line = z.string('the path of a line, "area/line"').min(1).max(200);
/** An id holds item and code of a machine. */
const alarm = z.string().min(1).max(2000);
const note = z.string().max(2000).optional();
const bound = z.strictObject({ line, alarmId: alarm, note });
const over = { line, equipment: z.string().min(1).max(200), alarm, note };

/** Shapes of the commands on alarms of machines. */
export const ALARM_SCHEMAS = {
  acknowledgeAlarm: bound,
  resetLatchedAlarm: bound,
  shelveAlarm: z.strictObject({ ...over, forMs: z.int().min(1).optional(), alarmId: alarm.optional() }),
  unshelveAlarm: z.strictObject(over),
  suppressAlarm: z.strictObject(over),
  releaseAlarm: z.strictObject(over),
  takeAlarmOutOfService: z.strictObject(over),
  returnAlarmToService: z.strictObject(over),
} as const;
