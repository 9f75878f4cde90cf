import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useText } from '../text/text.tsx';
import classes from './plant-loading.module.css';

export function Failure() {
  const { t } = useText();
  return (
    <main id="main" className={classes['place']} role="alert">
      <IconAlertTriangle aria-hidden size={40} stroke={1.6} />
      <strong>{t.failure.title}</strong>
      <span>{t.failure.detail}</span>
      <Button size="md" onClick={() => location.reload()}>
        {t.connection.reload}
      </Button>
    </main>
  );
}
