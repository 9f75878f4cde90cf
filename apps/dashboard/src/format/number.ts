const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string, key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const id = `${locale} ${key}`;
  let format = formats.get(id);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, options);
    formats.set(id, format);
  }
  return format;
}

/** Counts: whole, grouped. */
export function formatCount(count: number, locale: string): string {
  return numberFormat(locale, 'count', { maximumFractionDigits: 0 }).format(count);
}

/** A ratio as a percentage with one decimal. Above 1 is printed as it is, never capped. */
export function formatPercent(ratio: number, locale: string): string {
  return numberFormat(locale, 'percent', {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(ratio);
}

/** The figure without its sign, for places where the sign stands apart in smaller type. */
export function formatPercentNumber(ratio: number, locale: string): string {
  return numberFormat(locale, 'percentNumber', {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(ratio * 100);
}
