import { memo } from 'react';
import { Link } from 'react-router';
import { StateBand } from '../../components/state-band.tsx';
import { lookOf } from '../../theme/states.ts';
import { OldData } from '../connection/old-data.tsx';
import classes from './line-tile.module.css';
import type { LinePlace, LineViews } from './plant-model.ts';
import { TileCalls } from './tile-calls.tsx';
import { TileContact } from './tile-contact.tsx';
import { TileOee } from './tile-oee.tsx';
import { TileProduction } from './tile-production.tsx';
import { TileWork } from './tile-work.tsx';

interface LineTileProps extends LineViews {
  readonly line: LinePlace;
  readonly timeZone: string;
  readonly reasons: ReadonlyMap<string, string>;
}

/** One line on the plant screen. Draws again only when one of its own topics changed. */
export const LineTile = memo(function LineTile({
  line,
  timeZone,
  reasons,
  status,
  production,
  oee,
  job,
}: LineTileProps) {
  const document = status?.value ?? {};
  const look = lookOf(document);
  return (
    <article className={classes['tile']} data-testid={`tile ${line.path}`} data-look={look ?? 'none'}>
      <header className={classes['head']}>
        <div className={classes['names']}>
          <h3 className={classes['name']}>
            <Link to={`/lines/${line.path}`} className={classes['link']}>
              {line.name}
            </Link>
          </h3>
          <TileWork product={document.product} job={job?.value.job} />
        </div>
        <TileCalls calls={document.calls} />
      </header>
      <StateBand look={look} state={document.state} contact={document.contact} />
      <div className={classes['figures']}>
        <TileProduction production={production?.value} job={job?.value.job} />
        <TileOee oee={oee?.value} />
      </div>
      <footer className={classes['foot']}>
        <TileContact status={document} look={look} timeZone={timeZone} reasons={reasons} />
        <OldData freshness={status?.freshness ?? 'lost'} />
      </footer>
    </article>
  );
});
