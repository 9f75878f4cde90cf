import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useText } from '../text/text.tsx';
import classes from './plant-loading.module.css';

export function LoadingPlant() {
  const { t } = useText();
  return (
    <div className={classes['place']} role="status">
      <span className={classes['loading']}>{t.common.loading}</span>
      <span className={classes['slow']}>{t.connection.neverDetail}</span>
    </div>
  );
}

export function LoadFailure({
  message,
  onRetry,
}: {
  readonly message: string;
  readonly onRetry: () => void;
}) {
  const { t } = useText();
  return (
    <div className={classes['place']} role="alert">
      <IconPlugConnectedX aria-hidden size={40} stroke={1.6} />
      <strong>{t.plant.unavailable}</strong>
      <span>{message}</span>
      <Button size="md" onClick={onRetry}>
        {t.common.tryAgain}
      </Button>
    </div>
  );
}
