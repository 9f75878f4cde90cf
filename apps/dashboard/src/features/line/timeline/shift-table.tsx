import { StateWord } from '../../../components/state-word.tsx';
import { formatTimer } from '../../../format/duration.ts';
import { useText, useTimes } from '../../../text/text.tsx';
import classes from './shift-table.module.css';
import type { Segment } from './timeline-model.ts';

interface ShiftTableProps {
  readonly segments: readonly Segment[];
  readonly reasons: ReadonlyMap<string, string>;
  readonly timeZone: string;
}

/** The same intervals as the chart, the latest first, to be read. */
export function ShiftTable({ segments, reasons, timeZone }: ShiftTableProps) {
  const { t } = useText();
  const times = useTimes(timeZone);
  if (segments.length === 0) return <p>{t.timeline.noIntervals}</p>;
  return (
    <section className={classes['scroll']} tabIndex={0} aria-label={t.timeline.title}>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th scope="col">{t.timeline.state}</th>
            <th scope="col">{t.timeline.from}</th>
            <th scope="col">{t.timeline.to}</th>
            <th scope="col">{t.timeline.duration}</th>
            <th scope="col">{t.timeline.reason}</th>
          </tr>
        </thead>
        <tbody>
          {[...segments].reverse().map((segment) => (
            <tr key={segment.from}>
              <td>
                <StateWord look={segment.look} />
              </td>
              <td>{times.timeSeconds(segment.from)}</td>
              <td>{segment.ongoing ? t.timeline.now : times.timeSeconds(segment.to)}</td>
              <td>{formatTimer(segment.to - segment.from)}</td>
              <td>
                {segment.reason === null
                  ? (segment.raw ?? '')
                  : (reasons.get(segment.reason) ?? segment.reason)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
