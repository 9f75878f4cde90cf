import { z } from 'zod';

const instant = z
  .union([z.int().min(0), z.iso.datetime({ offset: true })], {
    error: 'Expected an instant such as "2026-01-31T06:00:00Z", or ms since the epoch.',
  })
  .transform((value) => (typeof value === 'number' ? value : Date.parse(value)));

export const SimulationBody = z.strictObject(
  {
    from: instant.describe('Calls received from here on, ISO 8601 with zone or ms.'),
    to: instant.describe('Calls received before; at most 366 days after "from".'),
    escalation: z
      .record(z.string(), z.unknown(), { error: 'Expected the section "escalation" of a plant file.' })
      .optional()
      .describe('As in a plant file: rotas and policies. Omitted: what is in force.'),
  },
  { error: 'Expected an object {"from": …, "to": …, "escalation"?: …}.' },
);

const at = z.int().describe('ms since the epoch');
const count = z.int();
const clock = z.enum(['acknowledgement', 'resolution']);
const ms = z.number().nullable();

export const SimulationAnswer = z.object({
  asOf: z.object({ offset: z.int(), at }),
  report: z.object({
    from: at,
    to: at,
    calls: count,
    unknownLines: count.describe('Calls on lines that the plant does not have.'),
    levels: z.record(z.string(), count).describe('Levels that began, as "acknowledgement 2".'),
    people: z.array(
      z.object({
        person: z.string(),
        messages: count,
        byMeans: z.record(z.string(), count),
        byHour: z.array(count).describe('By local hour of the day, 24 of them.'),
        busiestHour: z.object({ from: at, messages: count }).nullable(),
      }),
    ),
    suppressed: z.object({ quietHours: count, rateLimit: count, deferred: count }),
    firstTold: z
      .object({ calls: count, medianMs: ms, p95Ms: ms, maxMs: ms })
      .describe('From when a call was received to the first message.'),
    untold: z.array(z.object({ callId: z.string(), line: z.string(), receivedAt: at })),
    nobodyOnCall: z.array(
      z.object({ callId: z.string(), line: z.string(), at, clock, level: count, goesUp: z.boolean() }),
    ),
    holes: z.array(z.object({ rota: z.string(), from: at, to: at })),
  }),
});
