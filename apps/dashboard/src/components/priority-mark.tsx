import type { CallPriority } from '@ms5/client';
import { useText } from '../text/text.tsx';
import { PRIORITY_STYLES } from '../theme/priorities.ts';
import classes from './priority-mark.module.css';
import { usePhase } from './use-phase.ts';

interface PriorityMarkProps {
  readonly priority: CallPriority;
  /** Flashes (in phase with all others) while nobody has acknowledged. */
  readonly flashing: boolean;
}

/** Priority as icon shape, word and colour. */
export function PriorityMark({ priority, flashing }: PriorityMarkProps) {
  const { t } = useText();
  const { icon: Icon, tone } = PRIORITY_STYLES[priority];
  const ref = usePhase<HTMLSpanElement>(flashing);
  return (
    <span ref={ref} className={classes['mark']} data-tone={tone}>
      <span className={classes['icon']} data-flashing={flashing || undefined}>
        <Icon aria-hidden size="1.15em" stroke={2.2} />
      </span>
      {t.andon.priorities[priority]}
    </span>
  );
}
