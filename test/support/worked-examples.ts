/** What a machine said, `minute` minutes after the start of its window. */
interface Said {
  readonly minute: number;
  readonly state?: string;
  readonly reason?: string;
  readonly product?: string;
  readonly good?: number;
  readonly scrap?: number;
  readonly counter?: number;
  readonly rejectCounter?: number;
}

export interface Machine {
  /** Also the id of its line. */
  readonly id: string;
  readonly windowMinutes: number;
  /** Break from the first to the second minute of the window. */
  readonly breakMinutes?: readonly [from: number, to: number];
  /** Omitted: 300. */
  readonly minorStopSeconds?: number;
  readonly said: readonly Said[];
}

export type FigureName = 'availability' | 'performance' | 'quality' | 'oee' | 'mtbfMs' | 'mttrMs';

/** A worked example; of several machines the figures are those of all of them, added up. */
export interface WorkedExample {
  /** Also the id of its area. */
  readonly id: string;
  readonly about: string;
  readonly machines: readonly Machine[];
  readonly expected: Readonly<Partial<Record<FigureName, number>>>;
}

const HOUR_MS = 3_600_000;

/** Ideal cycles as in the plant file, and in ms. */
const PRODUCTS: Readonly<Record<string, readonly [text: string, ms: number]>> = {
  bottle: ['1s', 1_000],
  half: ['0.5m', 30_000],
  shaft: ['21.6s', 21_600],
  wheel: ['32.4s', 32_400],
  gear: ['22.474286s', 22_474.286],
  slow: ['2/min', 30_000],
  fast: ['8/min', 7_500],
};

const bottling = (inBreak: 'running' | 'idle'): WorkedExample => ({
  id: `bottling-${inBreak}`,
  about: `a shift with 60 min of breaks, the machine ${inBreak} in them`,
  machines: [
    {
      id: 'bottler',
      windowMinutes: 480,
      breakMinutes: [240, 300],
      said: [
        { minute: 0, state: 'running', product: 'bottle' },
        { minute: 100, state: 'stopped' },
        { minute: 147, state: 'running' },
        { minute: 240, state: inBreak },
        { minute: 300, state: 'running' },
        { minute: 480, good: 19_271 - 423, scrap: 423 },
      ],
    },
  ],
  expected: { availability: 0.888095, performance: 0.861081, quality: 0.97805, oee: 0.747937 },
});

const piece = (
  id: string,
  plannedMinutes: number,
  runMinutes: number,
  product: string,
  made: number,
  good: number,
): Machine => ({
  id,
  windowMinutes: plannedMinutes,
  minorStopSeconds: 1,
  said: [
    { minute: 0, state: 'running', product },
    { minute: runMinutes, state: 'stopped' },
    { minute: plannedMinutes, good, scrap: made - good },
  ],
});

const mixed = (
  id: string,
  about: string,
  slow: readonly [minutes: number, made: number],
  fast: readonly [minutes: number, made: number],
  performance: number,
): WorkedExample => ({
  id,
  about,
  machines: [
    {
      id: 'mixer',
      windowMinutes: 480,
      said: [
        { minute: 0, state: 'running', product: 'slow' },
        { minute: slow[0], product: 'fast', good: slow[1] },
        { minute: slow[0] + fast[0], good: fast[1] },
      ],
    },
  ],
  expected: { availability: 1, performance, quality: 1, oee: performance },
});

/** Runs for its window, but for a failure of so many hours. */
const failing = (id: string, hours: number, failures: readonly (readonly [at: number, hours: number])[]) => ({
  id,
  windowMinutes: hours * 60,
  said: [
    { minute: 0, state: 'running', product: 'half' },
    ...failures.flatMap(([at, repair]) => [
      { minute: at * 60, state: 'stopped', reason: 'breakdown' },
      { minute: (at + repair) * 60, state: 'running' },
    ]),
  ],
});

const FAILURES = { availability: 0.925, mtbfMs: 37 * HOUR_MS, mttrMs: 3 * HOUR_MS };

export const WORKED_EXAMPLES: readonly WorkedExample[] = [
  bottling('running'),
  bottling('idle'),
  {
    id: 'three-stops',
    about: 'three stops, none of them minor',
    machines: [
      {
        id: 'press',
        windowMinutes: 480,
        breakMinutes: [180, 200],
        said: [
          { minute: 0, state: 'running', product: 'half' },
          ...[60, 120, 360].flatMap((minute) => [
            { minute, state: 'stopped' },
            { minute: minute + 20, state: 'running' },
          ]),
          { minute: 480, good: 392, scrap: 8 },
        ],
      },
    ],
    expected: { availability: 0.869565, performance: 0.5, quality: 0.98, oee: 0.426087 },
  },
  {
    id: 'totals',
    about: 'events and running totals',
    machines: [
      {
        id: 'lathe',
        windowMinutes: 480,
        said: [
          { minute: 0, state: 'running', product: 'half', counter: 1_200, rejectCounter: 10 },
          { minute: 60, state: 'running' },
          { minute: 120, state: 'stopped' },
          { minute: 180, state: 'running' },
          { minute: 210, state: 'running' },
          { minute: 240, state: 'idle', counter: 1_440, rejectCounter: 14 },
        ],
      },
    ],
    expected: { availability: 0.375, performance: 0.666667, quality: 0.983333, oee: 0.245833 },
  },
  {
    id: 'pieces',
    about: 'three pieces rolled up',
    machines: [
      piece('first', 60, 30, 'shaft', 50, 47),
      piece('second', 30, 27, 'wheel', 40, 39),
      piece('third', 90, 85.5, 'gear', 210, 208),
    ],
    expected: { availability: 0.791667, performance: 0.829895, quality: 0.98, oee: 0.64386 },
  },
  mixed('mixed-one', 'mixed products, the first day', [120, 180], [360, 2_160], 0.75),
  mixed('mixed-two', 'mixed products, the second day', [360, 540], [120, 720], 0.75),
  mixed('mixed-three', 'mixed products, where a plain mean says .75', [120, 240], [360, 1_440], 0.625),
  {
    id: 'failures',
    about: 'three failures in 120 hours of one machine',
    machines: [
      failing('mill', 120, [
        [10, 2],
        [50, 4],
        [100, 3],
      ]),
    ],
    expected: FAILURES,
  },
  {
    id: 'turns',
    about: 'three failures in 120 hours of ten machines',
    machines: Array.from({ length: 10 }, (_, index) =>
      failing(`mill-${index}`, 12, ([[[3, 2]], [[5, 4]], [[8, 3]]] as const)[index] ?? []),
    ),
    expected: FAILURES,
  },
];

const MINUTE_MS = 60_000;

/** The input of `ms5 oee`: of one machine its history, of several a list. */
export function oeeInputOf({ machines }: WorkedExample, startAt: number): object {
  const histories = machines.map(({ id, windowMinutes, breakMinutes, minorStopSeconds = 300, said }) => ({
    equipment: id,
    window: { from: startAt, to: startAt + windowMinutes * MINUTE_MS },
    ...(breakMinutes === undefined ? {} : { breaks: [stretchOf(startAt, breakMinutes[0], breakMinutes[1])] }),
    minorStopMs: minorStopSeconds * 1000,
    products: Object.fromEntries(
      Object.entries(PRODUCTS).map(([product, [, idealCycleMs]]) => [product, { idealCycleMs }]),
    ),
    observations: said.map(({ minute, ...rest }) => ({ at: startAt + minute * MINUTE_MS, ...rest })),
  }));
  const [first] = histories;
  return histories.length === 1 && first !== undefined ? first : histories;
}

function stretchOf(startAt: number, from: number, to: number): { from: number; to: number } {
  return { from: startAt + from * MINUTE_MS, to: startAt + to * MINUTE_MS };
}

/** The shift that a machine's line works. */
export function shiftOf({ breakMinutes }: Machine): string {
  return ['day', ...(breakMinutes ?? [])].join('-');
}

/**
 * A plant in which every example has an area, every machine a line, and every day one shift from midnight to midnight
 * of a zone without changes of the clock.
 */
export function workedPlant(timeZone: string): string {
  const machines = WORKED_EXAMPLES.flatMap(({ machines: own }) => own);
  const shifts = new Map(machines.map((machine) => [shiftOf(machine), machine.breakMinutes]));
  const areas = WORKED_EXAMPLES.map(({ id, machines: own }) => ({
    id,
    name: id,
    lines: own.map((machine) => ({
      id: machine.id,
      name: machine.id,
      shifts: [shiftOf(machine)],
      equipment: [
        {
          id: 'm',
          name: machine.id,
          states: 'simple',
          silentAfter: 'never',
          latenessWindow: '7d',
          minorStop: `${machine.minorStopSeconds ?? 300}s`,
        },
      ],
    })),
  }));
  // JSON is YAML.
  return JSON.stringify({
    site: { id: 'works', name: 'Works', timeZone },
    areas,
    products: Object.entries(PRODUCTS).map(([id, [idealCycle]]) => ({ id, name: id, idealCycle })),
    shifts: [...shifts].map(([id, breakMinutes]) => ({
      id,
      name: id,
      days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      from: '00:00',
      to: '00:00',
      breaks:
        breakMinutes === undefined
          ? []
          : [{ from: clockTime(breakMinutes[0]), to: clockTime(breakMinutes[1]) }],
    })),
  });
}

function clockTime(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
