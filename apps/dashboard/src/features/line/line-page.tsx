import type {
  JobDocument,
  LineStatusDocument,
  OeeDocument,
  PlantDescription,
  ProductionDocument,
} from '@ms5/client';
import { IconArrowLeft } from '@tabler/icons-react';
import { useRecord } from '@ms5/react';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';
import { MainRegion } from '../../app/main-region.tsx';
import { usePlant } from '../../app/plant-context.tsx';
import { useTitle } from '../../app/use-title.ts';
import { useText } from '../../text/text.tsx';
import { AndonPanel } from '../andon/andon-panel.tsx';
import { AlarmCard } from './alarms/alarm-card.tsx';
import { DowntimeCard } from './downtime/downtime-card.tsx';
import { EquipmentStrip } from './equipment-strip.tsx';
import { JobCard } from './job-card.tsx';
import classes from './line-page.module.css';
import { LossCard } from './loss-card.tsx';
import { OeeCard } from './oee-card.tsx';
import { ProductionCard } from './production-card.tsx';
import { StateCard } from './state-card.tsx';
import { TimelineCard } from './timeline/timeline-card.tsx';

type Area = PlantDescription['areas'][number];
type Line = Area['lines'][number];

export default function LinePage() {
  const { t } = useText();
  const plant = usePlant();
  const { area: areaId, line: lineId } = useParams();
  const area = plant.areas.find(({ id }) => id === areaId);
  const line = area?.lines.find(({ id }) => id === lineId);
  if (area === undefined || line === undefined) {
    return (
      <MainRegion className={classes['page']}>
        <h1 className={classes['name']}>{t.line.unknown}</h1>
        <Link to="/">{t.line.backToPlant}</Link>
      </MainRegion>
    );
  }
  // Keyed by the line, so that nothing typed or chosen for one line is carried over to another.
  return <LineScreen key={`${area.id}/${line.id}`} plant={plant} area={area} line={line} />;
}

interface LineScreenProps {
  readonly plant: PlantDescription;
  readonly area: Area;
  readonly line: Line;
}

function LineScreen({ plant, area, line }: LineScreenProps) {
  const { t } = useText();
  const { id: site, timeZone } = plant.site;
  const path = `${area.id}/${line.id}`;
  const topic = `${site}/${path}`;
  const reasons = useMemo(() => new Map(plant.reasons.map(({ code, name }) => [code, name])), [plant]);
  const products = useMemo(() => new Map(plant.products.map(({ id, name }) => [id, name])), [plant]);
  const status = useRecord<LineStatusDocument>(`${topic}/status`);
  const production = useRecord<ProductionDocument>(`${topic}/production`);
  const job = useRecord<JobDocument>(`${topic}/job`);
  const oee = useRecord<OeeDocument>(`${topic}/oee`);
  useTitle(line.name);
  return (
    <MainRegion className={classes['page']} testId={`line ${path}`}>
      <header className={classes['head']}>
        <Link to="/" className={classes['back']} aria-label={t.line.backToPlant}>
          <IconArrowLeft aria-hidden size={22} />
        </Link>
        <h1 className={classes['name']}>{line.name}</h1>
        <span className={classes['area']}>{area.name}</span>
      </header>
      <div className={classes['grid']}>
        <StateCard view={status} reasons={reasons} timeZone={timeZone} className={classes['state']} />
        <ProductionCard view={production} job={job.value.job} className={classes['production']} />
        <OeeCard view={oee} timeZone={timeZone} className={classes['oee']} />
        <JobCard
          view={job}
          topic={topic}
          product={status.value.product}
          products={products}
          timeZone={timeZone}
          className={classes['job']}
        />
        <div className={classes['timeline']}>
          {/* What comes and goes stands where it moves nothing that people are about to press. */}
          <AlarmCard topic={topic} line={path} equipment={line.equipment} timeZone={timeZone} />
          <TimelineCard topic={topic} shift={status.value.shift} reasons={reasons} timeZone={timeZone} />
        </div>
        <EquipmentStrip
          topic={topic}
          equipment={line.equipment}
          constraint={line.constraint}
          className={classes['equipment']}
        />
        <LossCard oee={oee.value} timeZone={timeZone} className={classes['losses']} />
        <DowntimeCard topic={topic} reasons={reasons} timeZone={timeZone} className={classes['downtime']} />
        <AndonPanel
          site={site}
          line={path}
          equipment={line.equipment}
          timeZone={timeZone}
          className={classes['andon']}
        />
      </div>
    </MainRegion>
  );
}
