import type { OeeDocument, RecordValue, TopicView } from '@ms5/client';
import { Card } from '../../components/card.tsx';
import { FactorBars } from '../../components/factor-bars.tsx';
import { NotKnown } from '../../components/not-known.tsx';
import { oeeFigures } from '../../components/oee-model.ts';
import { formatHoursMinutes } from '../../format/duration.ts';
import { formatPercent, formatPercentNumber } from '../../format/number.ts';
import { useText, useTimes } from '../../text/text.tsx';
import { OldData } from '../connection/old-data.tsx';
import figureClasses from './figures.module.css';

interface OeeCardProps {
  readonly view: TopicView<RecordValue<OeeDocument>>;
  readonly timeZone: string;
  readonly className?: string | undefined;
}

/** OEE of the shift so far, its bounds where time is unknown, and its factors. */
export function OeeCard({ view, timeZone, className }: OeeCardProps) {
  const { t, locale } = useText();
  const times = useTimes(timeZone);
  const figures = oeeFigures(view.value);
  const unknownMs = view.value.losses?.unknown ?? 0;
  return (
    <Card
      title={t.oee.title}
      className={className}
      aside={
        <>
          {view.value.asOf !== undefined &&
            `${t.oee.shiftSoFar}, ${t.oee.asOf(times.time(view.value.asOf.at))}`}
          <OldData freshness={view.freshness} />
        </>
      }
    >
      {figures.oee.known ? (
        <div className={figureClasses['big']}>
          <strong data-testid="oee">{formatPercentNumber(figures.oee.value, locale)}</strong>
          <span>%</span>
        </div>
      ) : (
        <NotKnown why={figures.oee.why} size="large" />
      )}
      {figures.between !== null && (
        <p className={figureClasses['remark']}>
          <strong>
            {t.oee.between(
              formatPercent(figures.between.worst, locale),
              formatPercent(figures.between.best, locale),
            )}
          </strong>
          {', '}
          {t.oee.unknownTime(formatHoursMinutes(unknownMs))}
        </p>
      )}
      <FactorBars factors={figures.factors} />
    </Card>
  );
}
