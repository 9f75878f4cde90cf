// @vitest-environment happy-dom
import { act, cleanup, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createScreen, nextFrame, snapshot } from '../test-support/screen.tsx';
import { createClient } from '@ms5/client';
import {
  Ms5Provider,
  useClient,
  useCommand,
  useConnection,
  useOutbox,
  useRecord,
  useServerTime,
  type CommandHandle,
} from './index.ts';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const text = (name = 'out') => screen.getByTestId(name).textContent;

describe('useConnection', () => {
  it('shows the state; a selector spares the renders', async () => {
    const { show, socket, stage } = await createScreen();
    const renders = { all: 0, lost: 0 };
    function Full(): ReactNode {
      renders.all += 1;
      return <p data-testid="out">{useConnection().status}</p>;
    }
    function Lost(): ReactNode {
      renders.lost += 1;
      return <p data-testid="lost">{String(useConnection((state) => state.isLostForLong))}</p>;
    }
    await show([<Full key="f" />, <Lost key="l" />]);
    expect([text(), text('lost')]).toEqual(['live', 'false']);
    const before = { ...renders };
    socket.drop();
    await nextFrame();
    expect([text(), text('lost')]).toEqual(['reconnecting', 'false']);
    expect(renders.lost).toBe(before.lost);
    await act(() => stage.clock.advanceSettled(4_000));
    await nextFrame();
    expect(text('lost')).toBe('true');
  });

  it('needs a provider', () => {
    const Bare = (): ReactNode => useClient().state().status;
    expect(() => renderToString(<Bare />)).toThrow('there is no Ms5Provider');
  });
});

describe('useCommand and useOutbox', () => {
  it('show a command from giving it to its outcome', async () => {
    const { show, socket, push } = await createScreen();
    function Call(): ReactNode {
      const { send, progress } = useCommand('raiseCall');
      const pending = useOutbox();
      const raise = () => void send({ line: 'a/l1', callType: 'material', priority: 'high' });
      const result = progress.status === 'done' ? progress.outcome.status : progress.status;
      return (
        <button data-testid="out" onClick={raise}>
          {`${result} ${pending.map(({ command, status }) => `${command} ${status}`).join()}`}
        </button>
      );
    }
    await show(<Call />);
    expect(text()).toBe('idle ');
    await act(async () => screen.getByTestId('out').click());
    await nextFrame();
    expect(text()).toBe('waiting raiseCall sent');
    await push({ type: 'outcome', id: socket.last('command').id, status: 'applied' });
    expect(text()).toBe('applied ');
  });

  it('a command outlives its component', async () => {
    const { show, socket, push, stage } = await createScreen();
    let send: CommandHandle<number>['send'] | undefined;
    function Call(): ReactNode {
      ({ send } = useCommand<number>('own'));
      return null;
    }
    await show(<Call />);
    const outcome = send?.(1);
    await show(null);
    await push({ type: 'outcome', id: socket.last('command').id, status: 'rejected', reason: 'why' });
    await expect(outcome).resolves.toEqual({ status: 'rejected', reason: 'why' });
    expect(stage.client.pending()).toEqual([]);
  });
});

describe('useServerTime', () => {
  it('moves on once a second for all, with one timer, and stops with the last', async () => {
    const { show, stage, unmount } = await createScreen();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const renders: number[] = [];
    function Clock({ name }: { readonly name: string }): ReactNode {
      const now = useServerTime();
      if (name === 'out') renders.push(now);
      return <p data-testid={name}>{now - 1_750_000_000_000}</p>;
    }
    const minute = vi.fn();
    function Minute(): ReactNode {
      minute();
      return useServerTime((now) => Math.floor(now / 60_000));
    }
    await show([<Clock key="a" name="out" />, <Clock key="b" name="other" />, <Minute key="m" />]);
    const second = async (): Promise<void> => {
      stage.clock.advance(1_000);
      vi.advanceTimersByTime(1_000);
      await nextFrame();
    };
    const minutes = minute.mock.calls.length;
    await second();
    expect([text(), text('other')]).toEqual(['1000', '1000']);
    for (let count = 0; count < 5; count += 1) await second();
    expect(text()).toBe('6000');
    expect(new Set(renders).size).toBe(7);
    expect(minute.mock.calls.length).toBe(minutes);
    unmount();
    vi.advanceTimersByTime(2_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('on a server', () => {
  it('renders what a browser starts from', () => {
    const client = createClient({ url: 'ws://plant.test/ws', getToken: () => Promise.resolve('') });
    function Page(): ReactNode {
      const { status } = useConnection();
      const { freshness, value } = useRecord<{ state: string }>('plant/a/l1/status');
      const pending = useOutbox((list) => list.length);
      return `${status} ${freshness} ${value.state ?? '-'} ${pending} ${useServerTime() > 0}`;
    }
    const html = renderToString(
      <Ms5Provider client={client}>
        <Page />
      </Ms5Provider>,
    );
    expect(html).toBe('idle recovering - 0 true');
  });

  it('takes over what the server rendered though the client is live already', async () => {
    const { stage, serve } = await createScreen();
    const topic = 'plant/a/l1/status';
    stage.client.record(topic).subscribe(() => {});
    await nextFrame();
    await serve(snapshot(topic, 1, { state: 'running' }));
    const { hydrateRoot } = await import('react-dom/client');
    function Line(): ReactNode {
      const { freshness, value } = useRecord<{ state: string }>(topic);
      return `${freshness} ${value.state ?? '-'}`;
    }
    const page = (
      <Ms5Provider client={stage.client}>
        <Line />
      </Ms5Provider>
    );
    const container = document.createElement('div');
    container.innerHTML = 'recovering -';
    const mismatch = vi.fn();
    await act(async () => hydrateRoot(container, page, { onRecoverableError: mismatch }));
    expect(mismatch).not.toHaveBeenCalled();
    expect(container.textContent).toBe('live running');
  });
});
