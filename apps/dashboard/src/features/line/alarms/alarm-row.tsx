import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useText, useTimes } from '../../../text/text.tsx';
import { equipmentName, type LineEquipment } from '../../andon/line-equipment.ts';
import { ReceiptLine } from '../../command/receipt-line.tsx';
import { useReceipts } from '../../command/use-receipts.ts';
import classes from './alarm-card.module.css';
import { canBeAcknowledged, type RaisedAlarm } from './alarm-model.ts';

/** An acknowledgement is of what is on the screen now, so it is never kept for later. */
const ONLY_NOW = { offline: 'never' } as const;

interface AlarmRowProps {
  readonly alarm: RaisedAlarm;
  /** `{area}/{line}` */
  readonly line: string;
  readonly equipment: LineEquipment;
  readonly timeZone: string;
  readonly mayAcknowledge: boolean;
}

export function AlarmRow({ alarm, line, equipment, timeZone, mayAcknowledge }: AlarmRowProps) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const { receipts, pending, send, dismiss } = useReceipts();
  const { alarmId, code, text, severity = 'fault', state, acknowledged } = alarm;
  const name = text ?? code;
  return (
    <li className={classes['alarm']} data-severity={severity} data-state={state} data-testid="alarm">
      <div className={classes['what']}>
        <strong className={classes['name']}>{name}</strong>
        <span className={classes['detail']}>
          {t.alarms.severities[severity]}
          {code !== '' && ` ${code}`}
          {' · '}
          {equipmentName(equipment, alarm.equipment)}
          {' · '}
          {times.time(alarm.raisedAt)}
        </span>
        <span className={classes['detail']}>
          <span data-testid="alarm-state">{t.alarms.states[state]}</span>
          {acknowledged !== undefined && ` · ${acknowledged.byName ?? acknowledged.by}`}
          {alarm.chattering === true && ` · ${t.alarms.chattering}`}
          {alarm.stale === true && ` · ${t.alarms.stale}`}
        </span>
      </div>
      {mayAcknowledge && canBeAcknowledged(alarm) && (
        <Button
          size="sm"
          leftSection={<IconCheck aria-hidden size={18} />}
          className={classes['action'] ?? ''}
          loading={pending}
          aria-label={t.alarms.acknowledgeAlarm(name)}
          onClick={() => void send(t.alarms.acknowledge, 'acknowledgeAlarm', { line, alarmId }, ONLY_NOW)}
        >
          {t.alarms.acknowledge}
        </Button>
      )}
      {receipts.map((receipt) => (
        <ReceiptLine key={receipt.id} receipt={receipt} onDismiss={dismiss} />
      ))}
    </li>
  );
}
