import {
  type JobDocument,
  type LineStatusDocument,
  lineTopics,
  type OeeDocument,
  type ProductionDocument,
  siteTopics,
} from '@ms5/client';
import { useRecords } from '@ms5/react';
import { type CSSProperties, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { MainRegion } from '../../app/main-region.tsx';
import { usePlant } from '../../app/plant-context.tsx';
import { useTitle } from '../../app/use-title.ts';
import { useText } from '../../text/text.tsx';
import { LineTile } from './line-tile.tsx';
import { ALL_AREAS, PlantHeader } from './plant-header.tsx';
import { linePlaces, reasonNames, summarize } from './plant-model.ts';
import classes from './plant-page.module.css';

export default function PlantPage() {
  const { t } = useText();
  const plant = usePlant();
  const { id: site, name: siteName, timeZone } = plant.site;
  const [search, setSearch] = useSearchParams();
  const filters = siteTopics(site);
  const status = useRecords<LineStatusDocument>(filters.status).value;
  const production = useRecords<ProductionDocument>(filters.production).value;
  const oee = useRecords<OeeDocument>(filters.oee).value;
  const job = useRecords<JobDocument>(filters.job).value;
  useTitle(siteName);

  const lines = useMemo(() => linePlaces(plant), [plant]);
  const reasons = useMemo(() => reasonNames(plant), [plant]);
  const asked = search.get('area') ?? ALL_AREAS;
  const area = plant.areas.some(({ id }) => id === asked) ? asked : ALL_AREAS;
  const shown = lines.filter((line) => area === ALL_AREAS || line.areaId === area);
  const summary = summarize(shown.map((line) => status.get(lineTopics(site, line.path).status)?.value));

  return (
    <MainRegion className={classes['page']}>
      <PlantHeader
        siteName={siteName}
        areas={plant.areas}
        area={area}
        onArea={(next) => setSearch(next === ALL_AREAS ? {} : { area: next }, { replace: true })}
        summary={summary}
      />
      {lines.length === 0 && <p>{t.plant.noLines}</p>}
      <h2 className="visually-hidden">{t.plant.lines}</h2>
      <ul className={classes['tiles']} style={{ '--count': shown.length } as CSSProperties}>
        {shown.map((line) => (
          <li key={line.path} className={classes['place']}>
            <LineTile
              line={line}
              timeZone={timeZone}
              reasons={reasons}
              status={status.get(lineTopics(site, line.path).status)}
              production={production.get(lineTopics(site, line.path).production)}
              oee={oee.get(lineTopics(site, line.path).oee)}
              job={job.get(lineTopics(site, line.path).job)}
            />
          </li>
        ))}
      </ul>
    </MainRegion>
  );
}
