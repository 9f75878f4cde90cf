import {
  IconArrowBarToRight,
  IconAccessPointOff,
  IconArrowBarRight,
  IconCalendarOff,
  IconCoffee,
  IconHelpCircle,
  IconHourglassEmpty,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
  IconTool,
} from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import type { LineStatusDocument, StateName } from '@ms5/client';

/**
 * How a state looks. A silent machine and time that is not scheduled are looks of their own, and neither is
 * our own screen being cut off, which lies over everything (features/connection).
 */
export const LOOKS = [
  'running',
  'stopped',
  'blocked',
  'starved',
  'idle',
  'setup',
  'break',
  'notScheduled',
  'silent',
  'unknown',
] as const;
export type Look = (typeof LOOKS)[number];

/** Names the colours `--look-<tone>-…` of tokens.css. */
type Tone = 'running' | 'stopped' | 'external' | 'idle' | 'setup' | 'quiet' | 'silent';

export interface LookStyle {
  readonly icon: Icon;
  readonly tone: Tone;
  /** Whether it asks for attention; only then is its colour saturated. */
  readonly abnormal: boolean;
  /** Height in the timeline, 0–1: position tells the state apart where colour cannot. */
  readonly level: number;
}

export const LOOK_STYLES: Readonly<Record<Look, LookStyle>> = {
  running: { icon: IconPlayerPlayFilled, tone: 'running', abnormal: false, level: 0.42 },
  setup: { icon: IconTool, tone: 'setup', abnormal: false, level: 0.58 },
  idle: { icon: IconHourglassEmpty, tone: 'idle', abnormal: false, level: 0.66 },
  starved: { icon: IconArrowBarRight, tone: 'external', abnormal: true, level: 0.82 },
  blocked: { icon: IconArrowBarToRight, tone: 'external', abnormal: true, level: 0.82 },
  stopped: { icon: IconPlayerStopFilled, tone: 'stopped', abnormal: true, level: 1 },
  silent: { icon: IconAccessPointOff, tone: 'silent', abnormal: true, level: 1 },
  unknown: { icon: IconHelpCircle, tone: 'silent', abnormal: true, level: 1 },
  break: { icon: IconCoffee, tone: 'quiet', abnormal: false, level: 0.12 },
  notScheduled: { icon: IconCalendarOff, tone: 'quiet', abnormal: false, level: 0.12 },
};

/** States in which nothing is made; outside planned time they are nobody's loss. */
const RESTING: ReadonlySet<StateName> = new Set(['stopped', 'idle', 'blocked', 'starved', 'unknown']);

/** What to show for a line or a piece of equipment. */
export function lookOf(
  status: Partial<Pick<LineStatusDocument, 'state' | 'contact' | 'schedule'>>,
): Look | null {
  if (status.state === undefined) return null;
  const { name } = status.state;
  const schedule = status.schedule?.status ?? 'planned';
  if (name === 'notScheduled') return 'notScheduled';
  if (schedule === 'notScheduled' && RESTING.has(name)) return 'notScheduled';
  if (status.contact !== undefined && status.contact.status !== 'heard') return 'silent';
  if (schedule === 'break' && RESTING.has(name) && name !== 'unknown') return 'break';
  return name;
}
