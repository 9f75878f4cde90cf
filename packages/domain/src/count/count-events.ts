import type { EpochMs, EquipmentPath, LinePath } from '../plant/plant.ts';

/** What people ask for. */
export type CountCommand =
  /** A person judges a jump of a counter that was kept out of the count. */
  | {
      readonly name: 'judgeCount';
      readonly line: LinePath;
      readonly equipment: EquipmentPath;
      readonly counter: 'produced' | 'rejected';
      /** When the total was read. */
      readonly readAt: EpochMs;
      readonly verdict: 'accepted' | 'discarded';
    }
  | {
      readonly name: 'enterCount';
      readonly line: LinePath;
      readonly good?: number;
      readonly scrap?: number;
      readonly rework?: number;
      /** Where on the line they were counted. Omitted: at its constraint. */
      readonly equipment?: EquipmentPath;
      /** What was wrong with them: the code of a defect. */
      readonly defect?: string;
    }
  /** The product on the line was another one from an instant on. */
  | {
      readonly name: 'changeProduct';
      readonly line: LinePath;
      readonly product: string | null;
      /** Omitted: from now on. */
      readonly since?: EpochMs;
    };

/** What became true; `at` is event time. */
export type CountEvent =
  /** `at`: when the total was read. */
  | {
      readonly type: 'countJudged';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly counter: 'produced' | 'rejected';
      readonly verdict: 'accepted' | 'discarded';
      readonly author: string;
      readonly judgedAt: EpochMs;
      /** The counter's steps it is about. */
      readonly steps: number;
    }
  | {
      readonly type: 'productChanged';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly product: string | null;
      /** A person (job, changeover) set it; absent: the machine said so, and was heard. */
      readonly author?: string;
      readonly late?: true;
    }
  /** Increments, at their event time. */
  | {
      readonly type: 'counted';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly good: number;
      readonly scrap: number;
      readonly rework: number;
      /** A person entered it; absent: the machine said so, and was heard. */
      readonly author?: string;
      /** Of what a person entered, so that it can be corrected. */
      readonly entryId?: string;
      /** What was wrong with the scrap and rework. */
      readonly defect?: string;
      /** The source told scrap or rework, if only that there was none. */
      readonly rejectsGiven?: true;
      readonly late?: true;
    }
  /** A running total was read; increments are derived between neighbours in event time. */
  | {
      readonly type: 'counterRead';
      readonly equipment: EquipmentPath;
      readonly at: EpochMs;
      readonly counter: 'produced' | 'rejected';
      readonly total: number;
      readonly late?: true;
    };
