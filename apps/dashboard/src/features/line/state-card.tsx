import type { LineStatusDocument, TopicView, RecordValue } from '@ms5/client';
import { Card } from '../../components/card.tsx';
import { StateBand } from '../../components/state-band.tsx';
import { Age } from '../../components/elapsed.tsx';
import { known } from '../../format/figure.ts';
import { useText, useTimes } from '../../text/text.tsx';
import { lookOf } from '../../theme/states.ts';
import { OldData } from '../connection/old-data.tsx';
import { Fact, Facts } from './facts.tsx';

interface StateCardProps {
  readonly view: TopicView<RecordValue<LineStatusDocument>>;
  readonly reasons: ReadonlyMap<string, string>;
  readonly timeZone: string;
  readonly className?: string | undefined;
}

/** The line's state in large, why, and whether the machine is heard. */
export function StateCard({ view, reasons, timeZone, className }: StateCardProps) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const { state, contact, shift } = view.value;
  const look = lookOf(view.value);
  const theShift = known(shift);
  const abnormal = look === 'stopped' || look === 'blocked' || look === 'starved' || look === 'idle';
  return (
    <Card title={t.line.stateTitle} aside={<OldData freshness={view.freshness} />} className={className}>
      <StateBand look={look} state={state} contact={contact} size="large" />
      <Facts>
        {state?.reason !== undefined && (
          <Fact
            name={t.downtime.reason}
            value={reasons.get(state.reason) ?? t.why[state.reason] ?? state.reason}
          />
        )}
        {state?.reason === undefined && abnormal && (
          <Fact name={t.downtime.reason} value={t.status.noReason} />
        )}
        {state?.raw !== undefined && <Fact name={t.status.machine} value={state.raw} />}
        {contact !== undefined && (
          <Fact
            name={t.status.contact}
            value={
              contact.status === 'heard' ? (
                t.status.heard
              ) : contact.lastAt === undefined ? (
                t.status.neverHeard
              ) : (
                <>
                  {t.status.heardAt(times.timeSeconds(contact.lastAt))} (<Age since={contact.lastAt} />)
                </>
              )
            }
          />
        )}
        <Fact
          name={t.job.shift}
          value={
            theShift.known
              ? `${theShift.value.name}, ${times.time(theShift.value.from)}–${times.time(theShift.value.to)}`
              : `${t.common.notKnown}: ${t.why[theShift.why] ?? theShift.why}`
          }
        />
      </Facts>
    </Card>
  );
}
