import {
  IconAlertOctagonFilled,
  IconAlertTriangleFilled,
  IconBox,
  IconCircleCheck,
  IconDots,
  IconFlag3,
  IconInfoCircle,
  IconSettings,
  IconShieldExclamation,
  IconTools,
} from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import type { CallPriority, CallType } from '@ms5/client';

/** Most urgent first. The shape of the icon tells the priority where colour cannot. */
export const PRIORITY_STYLES: Readonly<
  Record<
    CallPriority,
    { readonly icon: Icon; readonly rank: number; readonly tone: 'alert' | 'warn' | 'plain' }
  >
> = {
  critical: { icon: IconAlertOctagonFilled, rank: 0, tone: 'alert' },
  high: { icon: IconAlertTriangleFilled, rank: 1, tone: 'warn' },
  medium: { icon: IconFlag3, rank: 2, tone: 'plain' },
  low: { icon: IconInfoCircle, rank: 3, tone: 'plain' },
};

/** In the order people look for them; `priority` is what a call of the type usually has. */
export const CALL_TYPE_STYLES: Readonly<
  Record<CallType, { readonly icon: Icon; readonly priority: CallPriority }>
> = {
  material: { icon: IconBox, priority: 'medium' },
  maintenance: { icon: IconTools, priority: 'high' },
  quality: { icon: IconCircleCheck, priority: 'medium' },
  process: { icon: IconSettings, priority: 'medium' },
  safety: { icon: IconShieldExclamation, priority: 'critical' },
  other: { icon: IconDots, priority: 'medium' },
};

export const CALL_TYPE_ORDER = Object.keys(CALL_TYPE_STYLES) as readonly CallType[];
export const PRIORITY_ORDER = Object.keys(PRIORITY_STYLES) as readonly CallPriority[];
