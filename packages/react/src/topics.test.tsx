// @vitest-environment happy-dom
import type { DeltaMessage, Json, Rate } from '@ms5/wire';
import { cleanup, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createScreen, nextFrame, snapshot } from '../test-support/screen.tsx';
import {
  useCollection,
  useCollections,
  useRecord,
  useRecords,
  useSignal,
  useSignals,
  useStream,
} from './index.ts';

afterEach(cleanup);

const TOPIC = 'plant/a/l1/status';
const EVENTS = 'plant/a/l1/events';
const TELEMETRY = 'plant/a/l1/m1/telemetry/load';
interface Status {
  readonly state: string;
  readonly count: number;
}
const delta = (
  from: number,
  to: number,
  set: Readonly<Record<string, Json>>,
  topic = TOPIC,
): DeltaMessage => ({
  type: 'delta',
  topic,
  from,
  to,
  at: to,
  set,
});
const start = snapshot(TOPIC, 1, { state: 'running', count: 0 });
const text = (name = 'out') => screen.getByTestId(name).textContent;

describe('useRecord', () => {
  it('shows the record and its freshness, and asks once in StrictMode', async () => {
    const { show, serve, socket, stage } = await createScreen();
    function Line(): ReactNode {
      const view = useRecord<Status>(TOPIC);
      return <p data-testid="out">{`${view.freshness} ${view.value.state ?? '-'}`}</p>;
    }
    await show(<Line />);
    expect(text()).toBe('recovering -');
    expect(socket.all('subscribe')).toHaveLength(1);
    await serve(start);
    expect(text()).toBe('live running');
    socket.drop();
    await nextFrame();
    expect(text()).toBe('stale running');
    expect(stage.client.state().isLostForLong).toBe(false);
  });

  it('renders a component only for what it selects', async () => {
    const { show, serve, push } = await createScreen();
    const renders = { state: 0, count: 0, object: 0 };
    function State(): ReactNode {
      renders.state += 1;
      return useRecord<Status, string | undefined>(TOPIC, (view) => view.value.state);
    }
    function Count(): ReactNode {
      renders.count += 1;
      return (
        <p data-testid="out">{useRecord<Status, number | undefined>(TOPIC, ({ value }) => value.count)}</p>
      );
    }
    function Picked(): ReactNode {
      renders.object += 1;
      const { state } = useRecord<Status, { state: string | undefined }>(TOPIC, ({ value }) => ({
        state: value.state,
      }));
      return state;
    }
    await show([<State key="s" />, <Count key="c" />, <Picked key="p" />]);
    await serve(start);
    const before = { ...renders };
    await push(delta(1, 2, { count: 5 }));
    expect(text()).toBe('5');
    // StrictMode renders twice.
    expect(renders).toEqual({ ...before, count: before.count + 2 });
  });

  it('renders once per frame, however many changes come', async () => {
    const { show, serve, push } = await createScreen();
    let renders = 0;
    function Count(): ReactNode {
      renders += 1;
      return <p data-testid="out">{useRecord<Status>(TOPIC).value.count}</p>;
    }
    await show(<Count />);
    await serve(start);
    const before = renders;
    await push(...Array.from({ length: 100 }, (_, index) => delta(index + 1, index + 2, { count: index })));
    expect(text()).toBe('99');
    expect(renders - before).toBe(2);
  });

  it('follows its topic, shares with others, and lets go', async () => {
    const { show, serve, socket, stage } = await createScreen();
    function Line({ topic }: { readonly topic: string | null }): ReactNode {
      const view = useRecord<Status>(topic);
      return <p data-testid="out">{`${view.freshness} ${view.value.count ?? '-'}`}</p>;
    }
    await show(<Line topic={null} />);
    expect(text()).toBe('lost -');
    expect(socket.all('subscribe')).toHaveLength(0);
    await show(<Line topic={TOPIC} />);
    await serve(start);
    expect(text()).toBe('live 0');
    await show(<Line topic="plant/a/l2/status" />);
    await serve(snapshot('plant/a/l2/status', 7, { count: 7 }));
    expect(text()).toBe('live 7');
    await stage.clock.advanceSettled(3_000);
    expect(socket.last('unsubscribe').filters).toEqual([TOPIC]);
  });

  it('selects anew when the selector sees something else of its component', async () => {
    const { show, serve } = await createScreen();
    function Field({ name }: { readonly name: 'state' | 'count' }): ReactNode {
      return (
        <p data-testid="out">{useRecord<Status, unknown>(TOPIC, ({ value }) => value[name]) as string}</p>
      );
    }
    await show(<Field name="state" />);
    await serve(start);
    expect(text()).toBe('running');
    await show(<Field name="count" />);
    expect(text()).toBe('0');
  });

  it('leaves nothing behind when the screen is gone', async () => {
    const { show, serve, push, unmount, socket, stage } = await createScreen();
    let renders = 0;
    function Line(): ReactNode {
      renders += 1;
      return useRecord<Status>(TOPIC).freshness;
    }
    await show(<Line />);
    await serve(start);
    unmount();
    const before = renders;
    await push(delta(1, 2, { count: 5 }));
    await stage.clock.advanceSettled(3_000);
    expect(renders).toBe(before);
    expect(socket.last('unsubscribe').filters).toEqual([TOPIC]);
  });
});

describe('the other kinds', () => {
  it('useRecords and useCollections show every topic of their kind', async () => {
    const { show, serve } = await createScreen();
    function All(): ReactNode {
      const records = useRecords<Status>('plant/#');
      const keys = useCollections<{ n: number }, string>('plant/#', ({ value }) =>
        [...value].map(([topic, view]) => `${topic}:${[...view.value.keys()].join('+')}`).join(),
      );
      return <p data-testid="out">{`${records.freshness} ${[...records.value.keys()].join()} ${keys}`}</p>;
    }
    await show(<All />);
    await serve(
      start,
      snapshot('plant/a/l2/status', 1, {}),
      snapshot('plant/a/l1/andon', 1, { c1: {}, c2: {} }, { kind: 'collection' }),
    );
    expect(text()).toBe(`live ${TOPIC},plant/a/l2/status plant/a/l1/andon:c1+c2`);
  });

  it('useCollection shows documents by key', async () => {
    const { show, serve, push } = await createScreen();
    const topic = 'plant/a/l1/andon';
    function Calls(): ReactNode {
      const count = useCollection<unknown, number>(topic, ({ value }) => value.size);
      return <p data-testid="out">{count}</p>;
    }
    await show(<Calls />);
    expect(text()).toBe('0');
    await serve(snapshot(topic, 1, { c1: {} }, { kind: 'collection' }));
    expect(text()).toBe('1');
    await push({ ...delta(1, 2, {}, topic), remove: ['c1'] });
    expect(text()).toBe('0');
  });

  it('takes a rate; another one subscribes nothing anew and loses nothing', async () => {
    const { show, serve, socket } = await createScreen();
    const renders: string[] = [];
    const asked = () => socket.all('subscribe').map(({ rate }) => rate);
    function State({ rate }: { readonly rate: Rate }): ReactNode {
      const { value } = useRecord<{ state: string }>(TOPIC, { rate });
      const state = useRecord<{ state: string }, string | undefined>(TOPIC, (view) => view.value.state, {
        rate,
      });
      renders.push(`${value.state} ${state}`);
      return <p data-testid="out">{state ?? '-'}</p>;
    }
    await show(<State rate={1} />);
    await serve(snapshot(TOPIC, 1, { state: 'running' }));
    expect(asked()).toEqual([1]);
    renders.length = 0;
    await show(<State rate={10} />);
    expect(asked()).toEqual([1, 10]);
    expect(socket.all('unsubscribe')).toEqual([]);
    expect(new Set(renders)).toEqual(new Set(['running running']));
  });

  it('useSignal and useSignals show the newest values', async () => {
    const { show, serve } = await createScreen();
    function Load(): ReactNode {
      const one = useSignal<number>(TELEMETRY);
      const all = useSignals<number, number>('plant/a/l1/m1/telemetry/+', ({ value }) => value.size);
      return <p data-testid="out">{`${one.freshness} ${one.value ?? '-'} ${all}`}</p>;
    }
    await show(<Load />);
    expect(text()).toBe('recovering - 0');
    await serve({ type: 'signal', topic: TELEMETRY, epoch: 's', offset: 1, at: 1, value: 42 });
    expect(text()).toBe('live 42 1');
  });
});

describe('useStream', () => {
  const entry = (offset: number) =>
    ({
      type: 'entries',
      topic: EVENTS,
      from: offset - 1,
      to: offset,
      entries: [{ offset, at: offset, data: offset }],
    }) as const;

  it('calls the newest handler with each entry once, and subscribes once', async () => {
    const { show, serve, push, socket } = await createScreen();
    const seen: string[] = [];
    const lost = vi.fn();
    function Log({ name }: { readonly name: string }): ReactNode {
      useStream<number>(EVENTS, ({ data }) => seen.push(`${name}${data}`), lost);
      return null;
    }
    await show(<Log name="a" />);
    await serve(snapshot(EVENTS, 10, {}, { kind: 'stream' }));
    await push(entry(11), entry(12));
    await show(<Log name="b" />);
    await push(entry(13));
    expect(seen).toEqual(['a11', 'a12', 'b13']);
    expect(socket.all('subscribe')).toHaveLength(1);
    await push(snapshot(EVENTS, 50, {}, { kind: 'stream', lostSince: 13 }));
    expect(lost).toHaveBeenCalledExactlyOnceWith(EVENTS);
  });

  it('subscribes nothing without a filter', async () => {
    const { show, socket } = await createScreen();
    function Log(): ReactNode {
      useStream(null, () => {});
      return null;
    }
    await show(<Log />);
    expect(socket.all('subscribe')).toEqual([]);
  });
});
