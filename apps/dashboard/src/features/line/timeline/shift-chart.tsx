import { type CSSProperties, type KeyboardEvent, type PointerEvent, useMemo, useState } from 'react';
import { StateWord } from '../../../components/state-word.tsx';
import { formatTimer } from '../../../format/duration.ts';
import { useText, useTimes } from '../../../text/text.tsx';
import { type Look, LOOK_STYLES, LOOKS } from '../../../theme/states.ts';
import classes from './shift-chart.module.css';
import { hourTicks, type Segment, segmentAt, type TimelineWindow } from './timeline-model.ts';

/** A break narrower than this share of the width has no room for its name; the axis tells its time. */
const LABEL_PERCENT = 6;

interface ShiftChartProps {
  readonly segments: readonly Segment[];
  readonly window: TimelineWindow;
  readonly now: number;
  readonly reasons: ReadonlyMap<string, string>;
  readonly timeZone: string;
}

/** The bar: each interval in the colour and at the height of its state; breaks shaded, the future empty. */
export function ShiftChart({ segments, window, now, reasons, timeZone }: ShiftChartProps) {
  const { t } = useText();
  const times = useTimes(timeZone);
  const [chosen, setChosen] = useState<number | null>(null);
  const spanMs = Math.max(1, window.to - window.from);
  const percent = (at: number): number => ((at - window.from) / spanMs) * 100;
  const last = segments.length - 1;
  const index = chosen === null ? last : Math.min(chosen, last);
  const segment = segments[index];

  const point = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = window.from + ((event.clientX - box.left) / box.width) * spanMs;
    setChosen(segmentAt(segments, at));
  };
  const step = (event: KeyboardEvent): void => {
    const next = nextIndex(event.key, index, last);
    if (next === null) return;
    event.preventDefault();
    setChosen(next);
  };
  const describe = (of: Segment): string =>
    t.timeline.interval(
      t.state[of.look],
      times.timeSeconds(of.from),
      of.ongoing ? t.timeline.now : times.timeSeconds(of.to),
      formatTimer(of.to - of.from),
    );

  return (
    <div>
      <div
        className={classes['plot']}
        role="slider"
        tabIndex={0}
        aria-label={`${t.timeline.describe(times.time(window.from), times.time(window.to))}. ${t.timeline.keyboard}`}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={segment === undefined ? t.timeline.noIntervals : describe(segment)}
        onKeyDown={step}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setChosen(null)}
        onBlur={() => setChosen(null)}
        data-testid="shift-chart"
      >
        {window.breaks.map((pause) => (
          <span
            key={pause.from}
            className={classes['break']}
            style={{ left: `${percent(pause.from)}%`, width: `${percent(pause.to) - percent(pause.from)}%` }}
          >
            {percent(pause.to) - percent(pause.from) >= LABEL_PERCENT && <span>{t.timeline.break}</span>}
          </span>
        ))}
        <Bars segments={segments} percent={percent} />
        {chosen !== null && segment !== undefined && (
          <span
            className={classes['chosen']}
            style={{
              left: `${percent(segment.from)}%`,
              width: `${percent(segment.to) - percent(segment.from)}%`,
            }}
          />
        )}
        {now > window.from && now < window.to && (
          <span className={classes['now']} style={{ left: `${percent(now)}%` }} />
        )}
      </div>
      <Axis window={window} percent={percent} timeZone={timeZone} />
      <div className={classes['readout']}>
        {segment === undefined ? (
          <span>{t.timeline.noIntervals}</span>
        ) : (
          <>
            <StateWord look={segment.look} />
            <span>
              {times.timeSeconds(segment.from)}–
              {segment.ongoing ? t.timeline.now : times.timeSeconds(segment.to)}
            </span>
            <strong>{formatTimer(segment.to - segment.from)}</strong>
            <span className={classes['reason']}>{reasonText(segment, reasons, t.status.machineSays)}</span>
          </>
        )}
        <Legend segments={segments} />
      </div>
    </div>
  );
}

function nextIndex(key: string, index: number, last: number): number | null {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, index - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(last, index + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

function reasonText(
  segment: Segment,
  reasons: ReadonlyMap<string, string>,
  machineSays: (raw: string) => string,
): string {
  if (segment.reason !== null) return reasons.get(segment.reason) ?? segment.reason;
  return segment.raw === null ? '' : machineSays(segment.raw);
}

interface BarsProps {
  readonly segments: readonly Segment[];
  readonly percent: (at: number) => number;
}

function Bars({ segments, percent }: BarsProps) {
  return segments.map((segment) => {
    const { tone, level } = LOOK_STYLES[segment.look];
    const style: CSSProperties = {
      left: `${percent(segment.from)}%`,
      width: `${percent(segment.to) - percent(segment.from)}%`,
      height: `${level * 100}%`,
    };
    return <span key={segment.from} className={classes['bar']} data-tone={tone} style={style} />;
  });
}

interface AxisProps {
  readonly window: TimelineWindow;
  readonly percent: (at: number) => number;
  readonly timeZone: string;
}

function Axis({ window, percent, timeZone }: AxisProps) {
  const times = useTimes(timeZone);
  const ticks = useMemo(
    () => hourTicks(window.from, window.to, timeZone),
    [window.from, window.to, timeZone],
  );
  return (
    <div className={classes['axis']} aria-hidden>
      {ticks.map((at) => {
        const left = percent(at);
        return (
          <span
            key={at}
            className={classes['tick']}
            data-edge={left < 2 ? 'start' : left > 98 ? 'end' : undefined}
            style={{ left: `${left}%` }}
          >
            {times.time(at)}
          </span>
        );
      })}
    </div>
  );
}

function Legend({ segments }: { readonly segments: readonly Segment[] }) {
  const present = new Set<Look>(segments.map(({ look }) => look));
  return (
    <ul className={classes['legend']}>
      {LOOKS.filter((look) => present.has(look)).map((look) => (
        <li key={look}>
          <StateWord look={look} />
        </li>
      ))}
    </ul>
  );
}
