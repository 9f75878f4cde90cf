import { SegmentedControl } from '@mantine/core';
import {
  IconAccessPointOff,
  IconBellRinging,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
} from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import type { PlantDescription } from '@ms5/client';
import { useText } from '../../text/text.tsx';
import classes from './plant-header.module.css';
import type { PlantSummary } from './plant-model.ts';

export const ALL_AREAS = '';

interface PlantHeaderProps {
  readonly siteName: string;
  readonly areas: PlantDescription['areas'];
  readonly area: string;
  readonly onArea: (area: string) => void;
  readonly summary: PlantSummary;
}

export function PlantHeader({ siteName, areas, area, onArea, summary }: PlantHeaderProps) {
  const { t } = useText();
  const callNote =
    summary.openCalls === 0
      ? null
      : summary.unacknowledged > 0
        ? t.plant.unacknowledged(summary.unacknowledged)
        : t.plant.allAcknowledged;
  return (
    <div className={classes['header']}>
      <h1 className="visually-hidden">{siteName}</h1>
      <ul className={classes['summary']} aria-label={t.plant.lines}>
        <Item
          icon={IconPlayerPlayFilled}
          figure={t.plant.running(summary.running, summary.lines)}
          label={t.plant.linesRunning}
          testId="lines-running"
        />
        {summary.stopped > 0 && (
          <Item
            icon={IconPlayerStopFilled}
            figure={String(summary.stopped)}
            label={t.plant.stoppedLines(summary.stopped)}
            abnormal
          />
        )}
        {summary.silent > 0 && (
          <Item
            icon={IconAccessPointOff}
            figure={String(summary.silent)}
            label={t.plant.silentLines(summary.silent)}
          />
        )}
        <Item
          icon={IconBellRinging}
          figure={String(summary.openCalls)}
          label={t.plant.openCalls(summary.openCalls)}
          note={callNote}
          abnormal={summary.unacknowledged > 0}
          testId="calls-open"
        />
      </ul>
      {areas.length > 1 && (
        <SegmentedControl
          className={classes['areas'] ?? ''}
          aria-label={t.plant.areaFilter}
          size="md"
          value={area}
          onChange={onArea}
          data={[
            { value: ALL_AREAS, label: t.plant.allAreas },
            ...areas.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
    </div>
  );
}

interface ItemProps {
  readonly icon: Icon;
  readonly figure: string;
  readonly label: string;
  readonly note?: string | null;
  readonly abnormal?: boolean;
  readonly testId?: string;
}

function Item({ icon: ItemIcon, figure, label, note, abnormal = false, testId }: ItemProps) {
  return (
    <li className={classes['item']} data-abnormal={abnormal || undefined} data-testid={testId}>
      <ItemIcon aria-hidden size={20} stroke={2} />
      <strong>{figure}</strong>
      <span>
        {label}
        {note !== undefined && note !== null && `, ${note}`}
      </span>
    </li>
  );
}
