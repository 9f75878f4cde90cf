import type { OeeDocument } from '@ms5/client';
import { Card } from '../../components/card.tsx';
import { NotKnown } from '../../components/not-known.tsx';
import { formatHoursMinutes } from '../../format/duration.ts';
import { known } from '../../format/figure.ts';
import { formatPercent } from '../../format/number.ts';
import { useText, useTimes } from '../../text/text.tsx';
import classes from './loss-card.module.css';
import { lossList, type LossRow } from './loss-model.ts';

interface LossCardProps {
  readonly oee: Partial<OeeDocument>;
  readonly timeZone: string;
  readonly className?: string | undefined;
}

/** Where the time of the shift went, as a waterfall that is also a table and sums to the shift so far. */
export function LossCard({ oee, timeZone, className }: LossCardProps) {
  const { t, locale } = useText();
  const times = useTimes(timeZone);
  const window = known(oee.window);
  const { losses, asOf } = oee;
  const range =
    window.known && asOf !== undefined
      ? t.losses.window(times.time(window.value.from), times.time(Math.min(asOf.at, window.value.to)))
      : undefined;
  if (!window.known || losses === undefined) {
    return (
      <Card title={t.losses.title} className={className}>
        <NotKnown why={window.known ? 'notReceived' : window.why} />
      </Card>
    );
  }
  const { rows, totalMs } = lossList(losses);
  return (
    <Card title={t.losses.title} aside={range} className={className}>
      <table className={classes['table']}>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{t.losses.loss}</th>
            <th scope="col">{t.losses.share}</th>
            <th scope="col">{t.losses.time}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.name} row={row} totalMs={totalMs} locale={locale} />
          ))}
        </tbody>
        <tfoot>
          <tr className={classes['total']}>
            <th scope="row">{t.losses.total}</th>
            <td />
            <td className={classes['time']}>{formatHoursMinutes(totalMs)}</td>
          </tr>
        </tfoot>
      </table>
    </Card>
  );
}

function Row({
  row,
  totalMs,
  locale,
}: {
  readonly row: LossRow;
  readonly totalMs: number;
  readonly locale: string;
}) {
  const { t } = useText();
  const faster = row.durationMs < 0;
  return (
    <tr data-loss={row.name}>
      <th scope="row">
        {t.losses.name[row.name]}
        {faster && <span className={classes['aside']}> {t.losses.faster}</span>}
      </th>
      <td className={classes['cell']}>
        <span className={classes['track']}>
          <span
            className={classes['bar']}
            data-kind={
              row.name === 'fullyProductive' ? 'productive' : row.name === 'unknown' ? 'unknown' : 'loss'
            }
            style={{ left: `${row.start * 100}%`, width: `${row.share * 100}%` }}
          />
        </span>
        <span className="visually-hidden">
          {formatPercent(totalMs === 0 ? 0 : row.durationMs / totalMs, locale)}
        </span>
      </td>
      <td className={classes['time']}>
        {faster ? `−${formatHoursMinutes(-row.durationMs)}` : formatHoursMinutes(row.durationMs)}
      </td>
    </tr>
  );
}
