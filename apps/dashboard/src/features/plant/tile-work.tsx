import type { JobDocument, LineStatusDocument } from '@ms5/client';
import { known } from '../../format/figure.ts';
import { useText } from '../../text/text.tsx';
import classes from './tile-parts.module.css';

interface TileWorkProps {
  readonly product: LineStatusDocument['product'] | undefined;
  readonly job: JobDocument['job'] | undefined;
}

/** What the line makes: product and work order. */
export function TileWork({ product, job }: TileWorkProps) {
  const { t } = useText();
  const theProduct = known(product);
  const theJob = known(job);
  const productText = theProduct.known ? theProduct.value.name : t.plant.noProduct;
  const jobText = theJob.known && theJob.value.status === 'started' ? theJob.value.workOrder : t.plant.noJob;
  return (
    <p className={classes['work']} title={`${productText} · ${jobText}`}>
      {productText}
      <span aria-hidden> · </span>
      {jobText}
    </p>
  );
}
