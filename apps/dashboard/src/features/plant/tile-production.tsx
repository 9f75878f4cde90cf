import type { ProductionDocument } from '@ms5/client';
import { NotKnown } from '../../components/not-known.tsx';
import { PaceText } from '../../components/pace.tsx';
import { TargetBar } from '../../components/target-bar.tsx';
import { known } from '../../format/figure.ts';
import { formatCount } from '../../format/number.ts';
import { useText } from '../../text/text.tsx';
import classes from './tile-parts.module.css';

/** Good parts against the target, with the pace. */
export function TileProduction({
  production,
}: {
  readonly production: Partial<ProductionDocument> | undefined;
}) {
  const { t, locale } = useText();
  const counts = known(production?.counts);
  const target = known(production?.target);
  return (
    <div className={classes['figure']}>
      <span className={classes['label']}>{t.plant.good}</span>
      {counts.known ? (
        <span className={classes['value']}>
          <strong data-testid="good">{formatCount(counts.value.good, locale)}</strong>
          {target.known && (
            <span className={classes['of']}>{t.plant.ofTarget(formatCount(target.value.count, locale))}</span>
          )}
        </span>
      ) : (
        <NotKnown why={counts.why} />
      )}
      {counts.known && target.known && (
        <>
          <TargetBar
            good={counts.value.good}
            target={target.value.count}
            expectedByNow={target.value.expectedByNow}
          />
          <span className={classes['note']}>
            <PaceText good={counts.value.good} expectedByNow={target.value.expectedByNow} />
          </span>
        </>
      )}
      {counts.known && !target.known && (
        <span className={classes['note']}>
          {t.plant.target} {t.common.notKnown}: {t.why[target.why] ?? target.why}
        </span>
      )}
    </div>
  );
}
