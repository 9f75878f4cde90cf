import { formatPercent, formatPercentNumber } from '../format/number.ts';
import { useText } from '../text/text.tsx';
import classes from './factor-bars.module.css';
import { type Factor, FACTORS, type OeeFigures } from './oee-model.ts';

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
  return (
    <div className={classes['factor']}>
      <dt className={classes['name']}>{compact ? <abbr title={name}>{t.oee.short[factor]}</abbr> : name}</dt>
      <dd className={classes['value']} title={why ?? undefined}>
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
      </dd>
      <span className={classes['track']} aria-hidden data-known={figure.known}>
        {figure.known && (
          <span
            className={classes['fill']}
            data-over={figure.value > 1.0005 || undefined}
            style={{ width: `${Math.min(1, Math.max(0, figure.value)) * 100}%` }}
          />
        )}
      </span>
      {!compact && why !== null && <span className={classes['why']}>{why}</span>}
      {!compact && figure.known && figure.value > 1.0005 && (
        <span className={classes['why']}>{t.oee.overStandard}</span>
      )}
    </div>
  );
}
