export type PeriodKind = 'hour' | 'shift' | 'day' | 'job' | 'product';
