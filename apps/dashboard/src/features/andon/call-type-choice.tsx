import type { CallType } from '@ms5/client';
import { useId } from 'react';
import { useText } from '../../text/text.tsx';
import { CALL_TYPE_STYLES } from '../../theme/priorities.ts';
import classes from './call-type-choice.module.css';

interface CallTypeChoiceProps {
  readonly types: readonly CallType[];
  readonly selected: CallType | null;
  readonly onSelect: (type: CallType) => void;
}

/** What is needed, as large keys: for gloves, and for whoever is in a hurry. */
export function CallTypeChoice({ types, selected, onSelect }: CallTypeChoiceProps) {
  const { t } = useText();
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className={classes['choice']}>
      <span id={id} className={classes['legend']}>
        {t.andon.raise}
      </span>
      {types.map((type) => {
        const { icon: Icon } = CALL_TYPE_STYLES[type];
        return (
          <button
            key={type}
            type="button"
            className={classes['key']}
            aria-pressed={selected === type}
            onClick={() => onSelect(type)}
          >
            <Icon aria-hidden size={24} stroke={1.8} />
            {t.andon.types[type]}
          </button>
        );
      })}
    </div>
  );
}
