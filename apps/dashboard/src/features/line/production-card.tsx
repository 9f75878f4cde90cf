import type { JobDocument, ProductionDocument, RecordValue, TopicView } from '@ms5/client';
import { Card } from '../../components/card.tsx';
import { NotKnown } from '../../components/not-known.tsx';
import { PaceText } from '../../components/pace.tsx';
import { progressOf } from '../../components/progress-model.ts';
import { TargetBar } from '../../components/target-bar.tsx';
import { known } from '../../format/figure.ts';
import { formatCount } from '../../format/number.ts';
import { useText } from '../../text/text.tsx';
import { OldData } from '../connection/old-data.tsx';
import { Fact, Facts } from './facts.tsx';
import figures from './figures.module.css';

interface ProductionCardProps {
  readonly view: TopicView<RecordValue<ProductionDocument>>;
  readonly job: JobDocument['job'] | undefined;
  readonly className?: string | undefined;
}

/** Good parts against the target and the pace, and the counts of the shift. */
export function ProductionCard({ view, job, className }: ProductionCardProps) {
  const { t, locale } = useText();
  const { basis, good, target } = progressOf(view.value, job);
  const unobserved = view.value.unobserved?.produced ?? 0;
  return (
    <Card title={t.production.title} aside={<OldData freshness={view.freshness} />} className={className}>
      {good.known ? (
        <div className={figures['big']}>
          <strong data-testid="good">{formatCount(good.value, locale)}</strong>
          <span>
            {target.known ? `${t.plant.ofTarget(formatCount(target.value.count, locale))} ` : ''}
            {t.production.basis[basis]}
          </span>
        </div>
      ) : (
        <NotKnown why={good.why} size="large" />
      )}
      {good.known && target.known && (
        <>
          <TargetBar
            good={good.value}
            target={target.value.count}
            expectedByNow={target.value.expectedByNow}
          />
          <div className={figures['note']}>
            <PaceText
              good={good.value}
              target={target.value.count}
              expectedByNow={target.value.expectedByNow}
            />
            <span>{t.pace.expected(formatCount(target.value.expectedByNow, locale))}</span>
          </div>
        </>
      )}
      {!target.known && (
        <span className={figures['note']}>{t.production.noTarget(t.why[target.why] ?? target.why)}</span>
      )}
      <ShiftCounts production={view.value} />
      {unobserved > 0 && (
        <p className={figures['remark']}>{t.production.unobserved(formatCount(unobserved, locale))}</p>
      )}
    </Card>
  );
}

function ShiftCounts({ production }: { readonly production: Partial<ProductionDocument> }) {
  const { t, locale } = useText();
  const counts = known(production.counts);
  const rate = known(production.ratePerHour);
  return (
    <Facts>
      {counts.known && (
        <>
          <Fact name={t.production.goodOf.shift} value={formatCount(counts.value.good, locale)} />
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
  );
}
