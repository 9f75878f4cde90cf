import type { ConnectionState } from '@ms5/client';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useClient, useConnection } from '@ms5/react';
import { useNow } from '../../components/use-now.ts';
import { formatTimer } from '../../format/duration.ts';
import type { Text } from '../../text/en.ts';
import { useText, useTimes } from '../../text/text.tsx';
import classes from './connection-banner.module.css';
import { useCutSince, useLiveness } from './liveness-provider.tsx';

/** Across the top while the screen is not live: that it is cut off, how old the data is, when it tries again. */
export function ConnectionBanner({ timeZone }: { readonly timeZone: string }) {
  const { t } = useText();
  const liveness = useLiveness();
  const cutSince = useCutSince();
  const connection = useConnection();
  if (liveness.kind !== 'cut' && liveness.kind !== 'never') return null;
  const title = titleOf(liveness.kind, connection.status, t.connection);
  return (
    <aside className={classes['banner']} aria-label={title} data-testid="connection-banner">
      <span className={classes['hatch']} aria-hidden>
        <IconPlugConnectedX size={28} stroke={2} />
      </span>
      <strong className={classes['title']} role="alert">
        {title}
      </strong>
      <span className={classes['detail']}>
        {cutSince === null ? t.connection.neverDetail : <DataAge since={cutSince} timeZone={timeZone} />}
        {connection.status === 'suspended' && ` ${t.connection.suspendedDetail}`}
        {connection.status === 'closed' && ` ${connection.reason.message}`}
      </span>
      <span className={classes['retry']}>
        <Retry connection={connection} />
      </span>
    </aside>
  );
}

function titleOf(kind: 'cut' | 'never', status: ConnectionState['status'], text: Text['connection']): string {
  if (status === 'closed') return text.closedTitle;
  if (kind === 'never') return text.neverTitle;
  return status === 'suspended' ? text.suspendedTitle : text.lostTitle;
}

function DataAge({ since, timeZone }: { readonly since: number; readonly timeZone: string }) {
  const { t } = useText();
  const times = useTimes(timeZone);
  return <>{t.connection.lostDetail(times.timeSeconds(since), formatTimer(useNow() - since))}</>;
}

function Retry({ connection }: { readonly connection: ConnectionState }) {
  const { t } = useText();
  const client = useClient();
  // `retryAt` is by the client's clock.
  const now = useNow() - (client.statistics().skewMs ?? 0);
  if (connection.status === 'closed') {
    return (
      <button type="button" className={classes['reload']} onClick={() => location.reload()}>
        {t.connection.reload}
      </button>
    );
  }
  if (connection.retryAt === undefined) return <>{t.connection.retrying}</>;
  const seconds = Math.ceil((connection.retryAt - now) / 1000);
  return <>{seconds > 0 ? t.connection.retryIn(seconds) : t.connection.retrying}</>;
}
