import type { LineStatusDocument, TimelineDocument } from '@ms5/client';
import { Button } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { useCollection } from '@ms5/react';
import { useMemo, useState } from 'react';
import { Card } from '../../../components/card.tsx';
import { NotKnown } from '../../../components/not-known.tsx';
import { useShownNow } from '../../../components/use-now.ts';
import { known } from '../../../format/figure.ts';
import { useText, useTimes } from '../../../text/text.tsx';
import { OldData } from '../../connection/old-data.tsx';
import { ShiftChart } from './shift-chart.tsx';
import { ShiftTable } from './shift-table.tsx';
import classes from './timeline-card.module.css';
import { recentWindow, segmentsOf } from './timeline-model.ts';

/** The bar needs no more: one pixel of an eight-hour shift is half a minute. */
const REDRAW_MS = 5000;

interface TimelineCardProps {
  /** Topic of the line, `{site}/{area}/{line}`. */
  readonly topic: string;
  readonly shift: LineStatusDocument['shift'] | undefined;
  readonly reasons: ReadonlyMap<string, string>;
  readonly timeZone: string;
}

/** What the line did in the shift, as a bar or as a table of the same intervals. */
export function TimelineCard({ topic, shift, reasons, timeZone }: TimelineCardProps) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const view = useCollection<TimelineDocument>(`${topic}/timeline`);
  const [asTable, setAsTable] = useState(false);
  const theShift = known(shift);
  const now = useShownNow((at) => Math.floor(at / REDRAW_MS) * REDRAW_MS);
  const shiftWindow = theShift.known ? theShift.value : null;
  const window = useMemo(
    () => shiftWindow ?? recentWindow(view.value.values(), now),
    [shiftWindow, view.value, now],
  );
  const segments = useMemo(
    () => (window === null ? [] : segmentsOf(view.value.values(), window, now)),
    [view.value, window, now],
  );
  const title = `${t.timeline.title} · ${shiftWindow === null ? t.timeline.none : shiftWindow.name}`;
  return (
    <Card
      title={title}
      aside={
        <>
          {window !== null && `${times.time(window.from)}–${times.time(window.to)}`}
          <OldData freshness={view.freshness} />
          <Button
            size="sm"
            className={classes['toggle'] ?? ''}
            variant="default"
            leftSection={
              asTable ? <IconChartBar aria-hidden size={18} /> : <IconTable aria-hidden size={18} />
            }
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? t.timeline.asChart : t.timeline.asTable}
          </Button>
        </>
      }
    >
      {window === null && <NotKnown why={theShift.known ? 'notReceived' : theShift.why} />}
      {window !== null && asTable && <ShiftTable segments={segments} reasons={reasons} timeZone={timeZone} />}
      {window !== null && !asTable && (
        <ShiftChart segments={segments} window={window} now={now} reasons={reasons} timeZone={timeZone} />
      )}
    </Card>
  );
}
