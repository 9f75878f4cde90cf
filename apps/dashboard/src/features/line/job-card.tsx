import type {
  ChangeoverDocument,
  JobDocument,
  LineStatusDocument,
  RecordValue,
  TopicView,
} from '@ms5/client';
import { useRecord } from '@ms5/react';
import { Card } from '../../components/card.tsx';
import { Timer } from '../../components/elapsed.tsx';
import { NotKnown } from '../../components/not-known.tsx';
import { known } from '../../format/figure.ts';
import { formatHoursMinutes } from '../../format/duration.ts';
import { formatCount } from '../../format/number.ts';
import { useText, useTimes } from '../../text/text.tsx';
import { OldData } from '../connection/old-data.tsx';
import { Fact, Facts } from './facts.tsx';
import figures from './figures.module.css';

interface JobCardProps {
  readonly view: TopicView<RecordValue<JobDocument>>;
  /** Topic of the line, `{site}/{area}/{line}`. */
  readonly topic: string;
  readonly product: LineStatusDocument['product'] | undefined;
  readonly products: ReadonlyMap<string, string>;
  readonly timeZone: string;
  readonly className?: string | undefined;
}

/** The work order on the line, and the changeover while one runs. */
export function JobCard({ view, topic, product, products, timeZone, className }: JobCardProps) {
  const { t, locale } = useText();
  const times = useTimes(timeZone);
  const job = known(view.value.job);
  const theProduct = known(product);
  return (
    <Card title={t.job.title} aside={<OldData freshness={view.freshness} />} className={className}>
      {job.known ? (
        <div className={figures['big']}>
          <strong className={figures['text']}>{job.value.workOrder}</strong>
          {job.value.status === 'completed' && <span>{t.job.completed}</span>}
        </div>
      ) : (
        <NoJob why={job.why} />
      )}
      <Facts>
        <Fact
          name={t.job.product}
          value={
            theProduct.known
              ? theProduct.value.name
              : `${t.common.notKnown}: ${t.why[theProduct.why] ?? theProduct.why}`
          }
        />
        {job.known && (
          <>
            {(!theProduct.known || job.value.product !== theProduct.value.id) && (
              <Fact name={t.job.ordered} value={products.get(job.value.product) ?? job.value.product} />
            )}
            <Fact
              name={t.job.goodOfTarget}
              value={`${formatCount(job.value.goodCount, locale)} / ${formatCount(job.value.targetCount, locale)}`}
            />
            <Fact name={t.job.started} value={times.time(job.value.startedAt)} />
            {job.value.completedAt !== undefined && (
              <Fact name={t.job.completed} value={times.time(job.value.completedAt)} />
            )}
          </>
        )}
      </Facts>
      <Changeover topic={topic} products={products} />
    </Card>
  );
}

/** That there is no job is known; anything else is not. */
function NoJob({ why }: { readonly why: string }) {
  const { t } = useText();
  if (why !== 'noJob') return <NotKnown why={why} size="large" />;
  return <p className={figures['none']}>{t.job.none}</p>;
}

/** Only while it runs: how long it has taken, against its target. */
function Changeover({ topic, products }: Pick<JobCardProps, 'topic' | 'products'>) {
  const { t } = useText();
  const changeover = known(useRecord<ChangeoverDocument>(`${topic}/changeover`).value.changeover);
  if (!changeover.known || changeover.value.completedAt !== undefined) return null;
  const { toProduct, startedAt, targetMs } = changeover.value;
  return (
    <p className={figures['remark']}>
      <strong>{t.job.changeoverTo(products.get(toProduct) ?? toProduct)}</strong> <Timer since={startedAt} />
      {targetMs !== null && `, ${t.job.changeoverTarget(formatHoursMinutes(targetMs))}`}
    </p>
  );
}
