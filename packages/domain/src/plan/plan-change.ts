import type { EpochMs, LinePath } from '../plant/plant.ts';
import type { PlanKind } from '../shift/plan.ts';
import type { Interval } from '../time/interval.ts';

/** What people can make of a stretch of the plan. */
export const PLAN_CHANGE_KINDS = [
  'overtime',
  'noCrew',
  'runThroughBreak',
  'plannedDowntime',
  'noOrder',
] as const;
export type PlanChangeKind = (typeof PLAN_CHANGE_KINDS)[number];

/** A stretch of a line's plan that a person changed. It lies over the calendar and over the changes made before it. */
export interface PlanChange extends Interval {
  readonly id: string;
  readonly line: LinePath;
  readonly change: PlanChangeKind;
  readonly note?: string;
  readonly by: string;
  readonly at: EpochMs;
}

/** What each change makes of each kind of time. */
export const PLAN_CHANGE_EFFECT: Readonly<Record<PlanChangeKind, Readonly<Record<PlanKind, PlanKind>>>> = {
  overtime: {
    planned: 'planned',
    break: 'break',
    plannedDowntime: 'plannedDowntime',
    noOrder: 'noOrder',
    notScheduled: 'planned',
  },
  noCrew: {
    planned: 'notScheduled',
    break: 'notScheduled',
    plannedDowntime: 'notScheduled',
    noOrder: 'notScheduled',
    notScheduled: 'notScheduled',
  },
  runThroughBreak: {
    planned: 'planned',
    break: 'planned',
    plannedDowntime: 'plannedDowntime',
    noOrder: 'noOrder',
    notScheduled: 'notScheduled',
  },
  plannedDowntime: {
    planned: 'plannedDowntime',
    break: 'break',
    plannedDowntime: 'plannedDowntime',
    noOrder: 'plannedDowntime',
    notScheduled: 'notScheduled',
  },
  noOrder: {
    planned: 'noOrder',
    break: 'break',
    plannedDowntime: 'plannedDowntime',
    noOrder: 'noOrder',
    notScheduled: 'notScheduled',
  },
};
