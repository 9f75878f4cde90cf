import type { ProductionDocument, RecordValue, TopicView } from '@ms5/client';
import { Card } from '../../components/card.tsx';
import { NotKnown } from '../../components/not-known.tsx';
import { PaceText } from '../../components/pace.tsx';
import { TargetBar } from '../../components/target-bar.tsx';
import { known } from '../../format/figure.ts';
import { formatCount } from '../../format/number.ts';
import { useText } from '../../text/text.tsx';
import { OldData } from '../connection/old-data.tsx';
import { Fact, Facts } from './facts.tsx';
import figures from './figures.module.css';

interface ProductionCardProps {
  readonly view: TopicView<RecordValue<ProductionDocument>>;
  readonly className?: string | undefined;
}

/** Good parts against the target and the pace, and the counts of the shift. */
export function ProductionCard({ view, className }: ProductionCardProps) {
  const { t, locale } = useText();
  const counts = known(view.value.counts);
  const target = known(view.value.target);
  const rate = known(view.value.ratePerHour);
  const unobserved = view.value.unobserved?.produced ?? 0;
  return (
    <Card title={t.production.title} aside={<OldData freshness={view.freshness} />} className={className}>
      {counts.known ? (
        <>
          <div className={figures['big']}>
            <strong data-testid="good">{formatCount(counts.value.good, locale)}</strong>
            <span>
              {t.production.good.toLowerCase()}
              {target.known && ` ${t.plant.ofTarget(formatCount(target.value.count, locale))}`}
            </span>
          </div>
          {target.known && (
            <>
              <TargetBar
                good={counts.value.good}
                target={target.value.count}
                expectedByNow={target.value.expectedByNow}
              />
              <div className={figures['note']}>
                <PaceText good={counts.value.good} expectedByNow={target.value.expectedByNow} />
                <span>{t.pace.expected(formatCount(target.value.expectedByNow, locale))}</span>
              </div>
            </>
          )}
        </>
      ) : (
        <NotKnown why={counts.why} size="large" />
      )}
      <Facts>
        {!target.known && (
          <Fact
            name={t.production.target}
            value={`${t.common.notKnown}: ${t.why[target.why] ?? target.why}`}
          />
        )}
        {counts.known && (
          <>
            <Fact name={t.production.produced} value={formatCount(counts.value.produced, locale)} />
            <Fact name={t.production.scrap} value={formatCount(counts.value.scrap, locale)} />
            {counts.value.rework > 0 && (
              <Fact name={t.production.rework} value={formatCount(counts.value.rework, locale)} />
            )}
          </>
        )}
        <Fact
          name={t.production.rate}
          value={
            rate.known
              ? formatCount(rate.value, locale)
              : `${t.common.notKnown}: ${t.why[rate.why] ?? rate.why}`
          }
        />
      </Facts>
      {unobserved > 0 && (
        <p className={figures['remark']}>{t.production.unobserved(formatCount(unobserved, locale))}</p>
      )}
    </Card>
  );
}
