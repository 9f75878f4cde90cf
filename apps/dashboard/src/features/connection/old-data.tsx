import type { Freshness } from '@ms5/client';
import { IconPlugConnectedX, IconRefresh } from '@tabler/icons-react';
import { WaitingTimer } from '../../components/elapsed.tsx';
import { useText } from '../../text/text.tsx';
import { useCutSince } from './liveness-provider.tsx';
import classes from './old-data.module.css';

/** On a tile or card: that its figures are old, with their age, or are just being brought up to date. */
export function OldData({ freshness }: { readonly freshness: Freshness }) {
  const { t } = useText();
  const cutSince = useCutSince();
  if (cutSince !== null) {
    return (
      <span className={classes['chip']}>
        <IconPlugConnectedX aria-hidden size={15} stroke={2.2} />
        {t.connection.oldData} <WaitingTimer since={cutSince} />
      </span>
    );
  }
  if (freshness !== 'recovering') return null;
  return (
    <span className={classes['chip']} data-quiet>
      <IconRefresh aria-hidden size={15} stroke={2.2} />
      {t.freshness.recovering}
    </span>
  );
}
