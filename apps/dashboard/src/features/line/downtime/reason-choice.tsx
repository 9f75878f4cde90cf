import { Modal } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useText } from '../../../text/text.tsx';
import classes from './reason-choice.module.css';

interface ReasonChoiceProps {
  readonly title: string;
  readonly reasons: ReadonlyMap<string, string>;
  readonly current: string | null;
  readonly onChoose: (code: string) => void;
  readonly onClose: () => void;
}

/** The plant's reasons as large keys; one tap assigns. */
export function ReasonChoice({ title, reasons, current, onChoose, onClose }: ReasonChoiceProps) {
  const { t } = useText();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <div className={classes['reasons']} role="group" aria-label={t.downtime.choose}>
        {[...reasons].map(([code, name]) => (
          <button
            key={code}
            type="button"
            className={classes['key']}
            aria-pressed={code === current}
            onClick={() => onChoose(code)}
          >
            {code === current && <IconCheck aria-hidden size={18} />}
            {name}
          </button>
        ))}
      </div>
    </Modal>
  );
}
