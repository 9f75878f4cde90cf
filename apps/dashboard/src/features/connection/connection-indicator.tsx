import { IconPlugConnected, IconPlugConnectedX, IconRefresh } from '@tabler/icons-react';
import { useText } from '../../text/text.tsx';
import classes from './connection-indicator.module.css';
import { useLiveness } from './liveness-provider.tsx';

/** In the header, always: whether what is on the screen is live, as icon and word. */
export function ConnectionIndicator() {
  const { t } = useText();
  const { kind } = useLiveness();
  const live = kind === 'live';
  const lost = kind === 'cut' || kind === 'never';
  const Icon = live ? IconPlugConnected : lost ? IconPlugConnectedX : IconRefresh;
  const word = live ? t.freshness.live : lost ? t.connection.cutOff : t.connection.connecting;
  return (
    <span className={classes['indicator']} data-lost={lost || undefined} data-testid="connection">
      <Icon aria-hidden size={18} stroke={2} />
      <span>{word}</span>
    </span>
  );
}
