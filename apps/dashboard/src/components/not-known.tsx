import { IconQuestionMark } from '@tabler/icons-react';
import { useText } from '../text/text.tsx';
import classes from './not-known.module.css';

interface NotKnownProps {
  /** Code of the reason, from the server. */
  readonly why: string;
  readonly size?: 'small' | 'large';
}

/** Stands where a figure would: says that it is not known and why, never zero and never blank. */
export function NotKnown({ why, size = 'small' }: NotKnownProps) {
  const { t } = useText();
  return (
    <span className={classes['notKnown']} data-size={size}>
      <span className={classes['word']}>
        <IconQuestionMark aria-hidden size="1em" stroke={2.4} />
        {t.common.notKnown}
      </span>
      <span className={classes['why']}>{t.why[why] ?? why}</span>
    </span>
  );
}
