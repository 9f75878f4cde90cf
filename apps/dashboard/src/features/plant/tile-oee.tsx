import type { OeeDocument } from '@ms5/client';
import { FactorBars } from '../../components/factor-bars.tsx';
import { NotKnown } from '../../components/not-known.tsx';
import { oeeFigures } from '../../components/oee-model.ts';
import { formatPercentNumber } from '../../format/number.ts';
import { useText } from '../../text/text.tsx';
import classes from './tile-parts.module.css';

/** OEE of the shift so far and its three factors. */
export function TileOee({ oee }: { readonly oee: Partial<OeeDocument> | undefined }) {
  const { t, locale } = useText();
  const figures = oeeFigures(oee);
  return (
    <div className={classes['oee']}>
      <div className={classes['figure']}>
        <abbr className={classes['label']} title={t.oee.explain}>
          {t.oee.oee} %
        </abbr>
        {figures.oee.known ? (
          <span className={classes['value']}>
            <strong data-testid="oee">{formatPercentNumber(figures.oee.value, locale)}</strong>
          </span>
        ) : (
          <NotKnown why={figures.oee.why} />
        )}
        {figures.between !== null && (
          <span className={classes['note']}>
            {formatPercentNumber(figures.between.worst, locale)}–
            {formatPercentNumber(figures.between.best, locale)}
          </span>
        )}
      </div>
      <FactorBars factors={figures.factors} compact />
    </div>
  );
}
