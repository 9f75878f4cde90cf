// @vitest-environment happy-dom
import { act, cleanup } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeClock } from '@ms5/testkit';
import { createScreen, nextFrame, snapshot, type Screen } from '../test-support/screen.tsx';
import { Ms5Provider, useDisplayed, type ScreenPort } from './index.ts';
import { systemScreen } from './screen-system.ts';

afterEach(cleanup);

const TOPIC = 'plant/a/l1/andon';

function Card({ id }: { readonly id: string | null }): ReactNode {
  return <article ref={useDisplayed(TOPIC, id)} />;
}

/** A live client that holds calls `c1` and `c2`, and eyes that the test opens and closes. */
async function createWall() {
  const screen = await createScreen();
  const clock = createFakeClock();
  const watchers = new Set<(isSeen: boolean) => void>();
  const port: ScreenPort = {
    watch(_element, onChange) {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
    after: (delayMs, task) => clock.after(delayMs, task),
  };
  const show = (id: string | null): Promise<void> =>
    screen.show(
      <Ms5Provider client={screen.stage.client} screen={port}>
        {id === 'none' ? null : <Card id={id} />}
      </Ms5Provider>,
    );
  return {
    ...screen,
    clock,
    show,
    watchers: () => watchers.size,
    look: (isSeen: boolean) => {
      for (const watcher of watchers) watcher(isSeen);
    },
    serveCalls: () =>
      screen.serve(snapshot(TOPIC, 9, { c1: {}, c2: {} }, { kind: 'collection', lane: 'critical' })),
  };
}
const told = ({ socket }: Pick<Screen, 'socket'>) => socket.all('displayed').map(({ key }) => key);

describe('useDisplayed', () => {
  it('W5: tells after a second in view, once per occurrence', async () => {
    const wall = await createWall();
    await wall.show('c1');
    await wall.serveCalls();
    wall.look(true);
    wall.clock.advance(999);
    expect(told(wall)).toEqual([]);
    wall.clock.advance(1);
    expect(wall.socket.last('displayed')).toEqual({ type: 'displayed', topic: TOPIC, key: 'c1', offset: 9 });
    wall.look(false);
    wall.look(true);
    wall.clock.advance(5_000);
    await wall.show('none');
    await wall.show('c1');
    wall.look(true);
    wall.clock.advance(5_000);
    expect(told(wall)).toEqual(['c1']);
    await wall.show('c2');
    wall.look(true);
    wall.clock.advance(1_000);
    expect(told(wall)).toEqual(['c1', 'c2']);
  });

  it('a glance, or a document that went to the background meanwhile, is not enough', async () => {
    const wall = await createWall();
    await wall.show('c1');
    await wall.serveCalls();
    for (let glance = 0; glance < 3; glance += 1) {
      wall.look(true);
      wall.clock.advance(900);
      wall.look(false);
      wall.clock.advance(900);
    }
    wall.look(true);
    wall.clock.advance(500);
    await wall.show('none');
    wall.clock.advance(5_000);
    expect(told(wall)).toEqual([]);
    expect(wall.watchers()).toBe(0);
  });

  it('what is not up to date is not told, and counts from when it is', async () => {
    const wall = await createWall();
    await wall.show('c1');
    expect(wall.watchers()).toBe(0);
    await wall.serveCalls();
    wall.look(true);
    wall.clock.advance(900);
    act(() => wall.socket.drop());
    await nextFrame();
    wall.clock.advance(5_000);
    expect(wall.watchers()).toBe(0);
    expect(told(wall)).toEqual([]);
  });

  it('without a key nothing is watched or told', async () => {
    const wall = await createWall();
    await wall.show(null);
    expect([wall.watchers(), wall.socket.all('subscribe')]).toEqual([0, []]);
  });
});

describe('the browser’s screen', () => {
  it('sees what is in view of a visible document, and tells changes only', () => {
    let observe: (entries: readonly Partial<IntersectionObserverEntry>[]) => void = () => {};
    const disconnect = vi.fn();
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        constructor(callback: typeof observe) {
          observe = callback;
        }
        observe = vi.fn();
        disconnect = disconnect;
      },
    );
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
    const seen: boolean[] = [];
    const stop = systemScreen.watch(document.createElement('p'), (isSeen) => seen.push(isSeen));
    const rect = (height: number) => ({ height }) as DOMRectReadOnly;
    const entry = (intersectionRatio: number, height = 1) => ({
      isIntersecting: intersectionRatio > 0,
      intersectionRatio,
      intersectionRect: rect(height),
      rootBounds: rect(600),
    });
    observe([entry(0.4)]);
    observe([entry(0.5)]);
    observe([entry(1)]);
    expect(seen).toEqual([true]);
    visibility.mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    visibility.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    observe([entry(1), entry(0)]);
    // Taller than the view.
    observe([entry(0.2, 300)]);
    expect(seen).toEqual([true, false, true, false, true]);
    stop();
    expect(disconnect).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
    visibility.mockRestore();
  });
});
