import type { JobDocument, ProductionDocument } from '@ms5/client';
import { NotKnown } from '../../components/not-known.tsx';
import { PaceText } from '../../components/pace.tsx';
import { progressOf } from '../../components/progress-model.ts';
import { TargetBar } from '../../components/target-bar.tsx';
import { formatCount } from '../../format/number.ts';
import { useText } from '../../text/text.tsx';
import classes from './tile-parts.module.css';

interface TileProductionProps {
  readonly production: Partial<ProductionDocument> | undefined;
  readonly job: JobDocument['job'] | undefined;
}

/** Good parts against the target, with the pace. */
export function TileProduction({ production, job }: TileProductionProps) {
  const { t, locale } = useText();
  const { basis, good, target } = progressOf(production, job);
  return (
    <div className={classes['figure']}>
      <span className={classes['label']}>{t.production.goodOf[basis]}</span>
      {good.known ? (
        <span className={classes['value']}>
          <strong data-testid="good">{formatCount(good.value, locale)}</strong>
          {target.known && (
            <span className={classes['of']}>{t.plant.ofTarget(formatCount(target.value.count, locale))}</span>
          )}
        </span>
      ) : (
        <NotKnown why={good.why} />
      )}
      {good.known && target.known && (
        <>
          <TargetBar
            good={good.value}
            target={target.value.count}
            expectedByNow={target.value.expectedByNow}
          />
          <span className={classes['note']}>
            <PaceText
              good={good.value}
              target={target.value.count}
              expectedByNow={target.value.expectedByNow}
            />
          </span>
        </>
      )}
      {good.known && !target.known && (
        <span className={classes['note']}>{t.production.noTarget(t.why[target.why] ?? target.why)}</span>
      )}
    </div>
  );
}
