import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from '@tabler/icons-react';
import { formatCount } from '../format/number.ts';
import { useText } from '../text/text.tsx';
import { type Pace, paceOf } from './pace-model.ts';
import classes from './pace.module.css';

interface PaceTextProps {
  readonly good: number;
  readonly target: number;
  readonly expectedByNow: number;
}

const ICONS = { ahead: IconArrowUpRight, behind: IconArrowDownRight, onPace: IconArrowRight } as const;

/** How far ahead of or behind the pace, as word, icon and figure. */
export function PaceText({ good, target, expectedByNow }: PaceTextProps) {
  const { t, locale } = useText();
  const pace = paceOf(good, expectedByNow, target);
  const Icon = ICONS[pace.kind];
  return (
    <span className={classes['pace']} data-far={pace.kind === 'behind' && pace.far ? true : undefined}>
      <Icon aria-hidden size="1.1em" stroke={2.2} />
      {wording(pace, t.pace, (count) => formatCount(count, locale))}
    </span>
  );
}

function wording(
  pace: Pace,
  text: ReturnType<typeof useText>['t']['pace'],
  count: (value: number) => string,
): string {
  switch (pace.kind) {
    case 'ahead':
      return text.ahead(count(pace.count));
    case 'behind':
      return text.behind(count(pace.count));
    case 'onPace':
    default:
      return text.onPace;
  }
}
