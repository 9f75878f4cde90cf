import { Button, TextInput } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { type SubmitEvent, useState } from 'react';
import { useText } from '../../text/text.tsx';
import classes from './call-actions.module.css';

interface ResolveFormProps {
  /** With what was done; may be empty. */
  readonly onResolve: (note: string) => void;
  readonly onClose: () => void;
}

export function ResolveForm({ onResolve, onClose }: ResolveFormProps) {
  const { t } = useText();
  const [note, setNote] = useState('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onResolve(note.trim());
  };
  return (
    <form className={classes['form']} onSubmit={submit}>
      <TextInput
        size="md"
        label={t.andon.resolveNote}
        value={note}
        maxLength={500}
        autoComplete="off"
        autoFocus
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={classes['actions']}>
        <Button
          type="submit"
          size="md"
          className={classes['action'] ?? ''}
          leftSection={<IconChecks aria-hidden size={20} />}
        >
          {t.andon.resolve}
        </Button>
        <Button
          type="button"
          size="md"
          variant="default"
          className={classes['action'] ?? ''}
          onClick={onClose}
        >
          {t.common.cancel}
        </Button>
      </div>
    </form>
  );
}
