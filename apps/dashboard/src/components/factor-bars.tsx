import { formatPercent, formatPercentNumber } from '../format/number.ts';
import { useText } from '../text/text.tsx';
import classes from './factor-bars.module.css';
import { type Factor, FACTORS, type OeeFigures } from './oee-model.ts';

/** Above 100 % by more than rounding: the standard is in doubt. */
const OVER_RATIO = 1.0005;

interface FactorBarsProps {
  readonly factors: OeeFigures['factors'];
  /** Tiles have little width: letters instead of words, both explained to assistive technology. */
  readonly compact?: boolean;
}

/** Availability, performance and quality as figures with bars. */
export function FactorBars({ factors, compact = false }: FactorBarsProps) {
  return (
    <dl className={classes['factors']} data-compact={compact || undefined}>
      {FACTORS.map((factor) => (
        <FactorBar key={factor} factor={factor} figure={factors[factor]} compact={compact} />
      ))}
    </dl>
  );
}

function FactorBar({
  factor,
  figure,
  compact,
}: {
  readonly factor: Factor;
  readonly figure: OeeFigures['factors'][Factor];
  readonly compact: boolean;
}) {
  const { t, locale } = useText();
  const name = t.oee[factor];
  const why = figure.known ? null : (t.why[figure.why] ?? figure.why);
  const over = figure.known && figure.value > OVER_RATIO;
  return (
    <div className={classes['factor']}>
      <dt className={classes['name']}>{compact ? <abbr title={name}>{t.oee.short[factor]}</abbr> : name}</dt>
      <dd className={classes['figure']}>
        <span className={classes['value']} title={why ?? undefined}>
          {figure.known ? (
            compact ? (
              formatPercentNumber(figure.value, locale)
            ) : (
              formatPercent(figure.value, locale)
            )
          ) : (
            <span className={classes['notKnown']}>
              {compact ? '?' : t.common.notKnown}
              {compact && <span className="visually-hidden">{`${t.common.notKnown}: ${why}`}</span>}
            </span>
          )}
        </span>
        <span className={classes['track']} aria-hidden data-known={figure.known}>
          {figure.known && (
            <span
              className={classes['fill']}
              data-over={over || undefined}
              style={{ width: `${Math.min(1, Math.max(0, figure.value)) * 100}%` }}
            />
          )}
        </span>
        {!compact && why !== null && <span className={classes['why']}>{why}</span>}
        {!compact && over && <span className={classes['why']}>{t.oee.overStandard}</span>}
      </dd>
    </div>
  );
}
