import type { LineStatusDocument } from '@ms5/client';
import { IconAccessPoint, IconAccessPointOff } from '@tabler/icons-react';
import { Age } from '../../components/elapsed.tsx';
import { known } from '../../format/figure.ts';
import { useText, useTimes } from '../../text/text.tsx';
import type { Look } from '../../theme/states.ts';
import classes from './tile-parts.module.css';

interface TileContactProps {
  readonly status: Partial<LineStatusDocument>;
  readonly look: Look | null;
  readonly timeZone: string;
  readonly reasons: ReadonlyMap<string, string>;
}

/** Whether the machine is heard, why it does not run, and the shift. */
export function TileContact({ status, look, timeZone, reasons }: TileContactProps) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const { contact, state } = status;
  if (contact === undefined || state === undefined) return <span className={classes['contact']} />;
  if (contact.status === 'never') {
    return (
      <span className={classes['contact']}>
        <IconAccessPointOff aria-hidden size={16} stroke={2} />
        {t.status.neverHeard}
      </span>
    );
  }
  if (contact.status === 'silent') {
    return (
      <span className={classes['contact']}>
        <IconAccessPointOff aria-hidden size={16} stroke={2} />
        {contact.lastAt === undefined ? (
          t.state.silent
        ) : (
          <>
            {t.status.heardAt(times.time(contact.lastAt))} (<Age since={contact.lastAt} />)
          </>
        )}
      </span>
    );
  }
  const shift = known(status.shift);
  const notes = [
    status.schedule?.status === 'break' && look !== 'break' ? t.status.inBreak : null,
    status.schedule?.status === 'notScheduled' && look === 'running' ? t.status.outsideSchedule : null,
    state.reason === undefined ? null : (reasons.get(state.reason) ?? t.why[state.reason] ?? state.reason),
    shift.known ? `${shift.value.name} ${times.time(shift.value.from)}–${times.time(shift.value.to)}` : null,
  ].filter((note) => note !== null);
  return (
    <span className={classes['contact']}>
      <IconAccessPoint aria-hidden size={16} stroke={2} />
      {[t.status.heard, ...notes].join(' · ')}
    </span>
  );
}
