import type { EpochMs, LinePath } from '../plant/plant.ts';

/** What people ask for. */
export type ChangeoverCommand =
  | { readonly name: 'startChangeover'; readonly line: LinePath; readonly toProduct: string }
  | { readonly name: 'completeChangeover'; readonly line: LinePath };

/** What became true; `at` is event time. */
export type ChangeoverEvent =
  | {
      readonly type: 'changeoverStarted';
      readonly changeoverId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly author: string;
      readonly fromProduct: string | null;
      readonly toProduct: string;
    }
  | {
      readonly type: 'changeoverCompleted';
      readonly changeoverId: string;
      readonly at: EpochMs;
      readonly line: LinePath;
      readonly author: string;
    };
