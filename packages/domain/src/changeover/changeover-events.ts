import type { EpochMs, LinePath } from '../plant/plant.ts';
import type { Measured } from './changeover.ts';

/** What people ask for. */
export type ChangeoverCommand =
  | {
      readonly name: 'startChangeover';
      readonly line: LinePath;
      readonly toProduct: string;
      /** Omitted: it is. */
      readonly planned?: boolean;
    }
  | { readonly name: 'completeChangeover'; readonly line: LinePath; readonly changeoverId?: string }
  | { readonly name: 'cancelChangeover'; readonly line: LinePath; readonly changeoverId: string }
  | {
      readonly name: 'tickChangeoverStep';
      readonly line: LinePath;
      readonly changeoverId: string;
      readonly step: string;
      readonly done: boolean;
    };

interface ChangeoverAct {
  readonly changeoverId: string;
  readonly at: EpochMs;
  readonly line: LinePath;
  readonly author: string;
}

/** What became true; `at` is event time. */
export type ChangeoverEvent =
  | ({
      readonly type: 'changeoverStarted';
      readonly fromProduct: string | null;
      readonly toProduct: string;
      /** Omitted: it is. */
      readonly planned?: boolean;
    } & ChangeoverAct)
  | ({ readonly type: 'changeoverCompleted' } & ChangeoverAct)
  /** There was none: what stood still from `startedAt` on is no setup. */
  | ({ readonly type: 'changeoverCancelled'; readonly startedAt: EpochMs } & ChangeoverAct)
  | ({ readonly type: 'changeoverStepDone'; readonly step: string } & ChangeoverAct)
  | ({ readonly type: 'changeoverStepUndone'; readonly step: string } & ChangeoverAct)
  /** What the facts show of it, told again where late ones show something else. */
  | ({
      readonly type: 'changeoverMeasured';
      readonly changeoverId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly fromProduct: string | null;
      readonly toProduct: string;
      readonly targetMs: number | null;
      /** `false`: nobody told of it, the product changed. */
      readonly announced: boolean;
    } & Measured);
