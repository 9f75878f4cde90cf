import { Modal } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { usePlant } from '../../../app/plant-context.tsx';
import { useText } from '../../../text/text.tsx';
import classes from './reason-choice.module.css';

interface ReasonChoiceProps {
  readonly title: string;
  readonly reasons: ReadonlyMap<string, string>;
  /** Codes to show first, likeliest first. */
  readonly likely: readonly string[];
  readonly current: string | null;
  readonly onChoose: (code: string) => void;
  readonly onClose: () => void;
}

/** The plant's reasons as large keys, likely ones first; one tap assigns. */
export function ReasonChoice({ title, reasons, likely, current, onChoose, onClose }: ReasonChoiceProps) {
  const { t } = useText();
  const plant = usePlant();
  const retired = new Set(plant.reasons.flatMap((reason) => (reason.retired === true ? [reason.code] : [])));
  const others = [...reasons.keys()].filter((code) => !likely.includes(code) && !retired.has(code));
  const keys = [...likely.filter((code) => reasons.has(code)), ...others];
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
        {keys.map((code) => (
          <button
            key={code}
            type="button"
            className={classes['key']}
            aria-pressed={code === current}
            onClick={() => onChoose(code)}
          >
            {code === current && <IconCheck aria-hidden size={18} />}
            {reasons.get(code)}
          </button>
        ))}
      </div>
    </Modal>
  );
}
