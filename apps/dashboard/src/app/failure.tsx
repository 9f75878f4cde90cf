import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useText } from '../text/text.tsx';
import { MainRegion } from './main-region.tsx';
import classes from './plant-loading.module.css';

export function Failure() {
  const { t } = useText();
  return (
    <MainRegion className={classes['place']}>
      <IconAlertTriangle aria-hidden size={40} stroke={1.6} />
      <strong>{t.failure.title}</strong>
      <span>{t.failure.detail}</span>
      <Button size="md" onClick={() => location.reload()}>
        {t.connection.reload}
      </Button>
    </MainRegion>
  );
}
