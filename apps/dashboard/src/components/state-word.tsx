import { useText } from '../text/text.tsx';
import { type Look, LOOK_STYLES } from '../theme/states.ts';
import classes from './state-word.module.css';

/** A state as swatch with icon, and word: for rows, chips and legends. */
export function StateWord({ look }: { readonly look: Look }) {
  const { t } = useText();
  const { icon: Icon, tone } = LOOK_STYLES[look];
  return (
    <span className={classes['state']}>
      <span className={classes['swatch']} data-tone={tone}>
        <Icon aria-hidden size={14} stroke={2.4} />
      </span>
      {t.state[look]}
    </span>
  );
}
