import { z } from 'zod';
import { duration, id, list, name, text, wholeNumber } from './schema-parts.ts';

export interface DefectNode {
  readonly code: string;
  readonly name: string;
  readonly defects: readonly DefectNode[];
}

/** A tree: a defect may have more exact ones below it. */
export const defectSchema: z.ZodType<DefectNode> = z.lazy(() =>
  z.strictObject({
    code: id,
    name,
    defects: list(defectSchema, 'a list of defects').default([]),
  }),
);

const share = z
  .number({ error: 'a share from 0 to 1' })
  .min(0, { error: 'a share from 0 to 1' })
  .max(1, { error: 'a share from 0 to 1' });
const number = z.number({ error: 'a number' });
const common = {
  id,
  name,
  products: list(id, 'a list of product ids').default([]),
  interval: duration.optional(),
};

const characteristic = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ ...common, kind: z.literal('passFail') }),
    z.strictObject({
      ...common,
      kind: z.literal('numeric'),
      unit: text('a unit'),
      target: number.optional(),
      lower: number.optional(),
      upper: number.optional(),
      sampleSize: z
        .number({ error: 'a whole number from 1 to 10' })
        .int({ error: 'a whole number from 1 to 10' })
        .min(1, { error: 'a whole number from 1 to 10' })
        .max(10, { error: 'a whole number from 1 to 10' })
        .default(1),
      rules: list(
        z.literal([1, 2, 3, 4], { error: 'a Western Electric rule (1, 2, 3, 4)' }),
        'a list of Western Electric rules',
      ).default([]),
      process: z
        .strictObject({ center: number, sigma: number.positive({ error: 'a number above 0' }) })
        .optional(),
    }),
  ],
  { error: 'a characteristic with kind: numeric or passFail' },
);

/** Of a line. */
export const lineWorkSchema = {
  characteristics: list(characteristic, 'a list of characteristics').default([]),
  scrapAlert: z
    .strictObject({ above: share, clearAt: share, window: duration, minParts: wholeNumber.default(20) })
    .optional(),
  changeover: z
    .strictObject({
      targets: list(
        z.strictObject({ from: id.optional(), to: id.optional(), target: duration }),
        'a list of {from, to, target}',
      ).default([]),
      steps: list(
        z.strictObject({
          id,
          name,
          kind: z.enum(['internal', 'external'], { error: 'internal or external' }),
        }),
        'a list of steps',
      ).default([]),
    })
    .optional(),
};
