import type { ServerMessage } from '@ms5/wire';
import { act, render } from '@testing-library/react';
import { StrictMode, type ReactNode } from 'react';
import {
  createStage,
  serve,
  type ScriptedSocket,
  type Stage,
} from '../../client/test-support/scripted-server.ts';
import { Ms5Provider } from '@ms5/react';

export { mark, snapshot } from '../../client/test-support/scripted-server.ts';

/** Two frames: one may be under way when the change comes. */
export async function nextFrame(): Promise<void> {
  await act(async () => {
    for (let frame = 0; frame < 2; frame += 1)
      await new Promise((resolve) => {
        requestAnimationFrame(resolve);
      });
  });
}

export interface Screen {
  readonly stage: Stage;
  readonly socket: ScriptedSocket;
  readonly show: (element: ReactNode) => Promise<void>;
  /** Grants what was asked for last, with these topics, and waits for the frame. */
  readonly serve: (...messages: readonly ServerMessage[]) => Promise<void>;
  readonly push: (...messages: readonly ServerMessage[]) => Promise<void>;
  readonly unmount: () => void;
}

/** A live client, and components under it in StrictMode. */
export async function createScreen(): Promise<Screen> {
  const stage = createStage();
  const socket = await stage.live();
  const wrap = (element: ReactNode): ReactNode => (
    <StrictMode>
      <Ms5Provider client={stage.client}>{element}</Ms5Provider>
    </StrictMode>
  );
  let view: ReturnType<typeof render> | null = null;
  return {
    stage,
    socket,
    async show(element) {
      if (view === null) view = render(wrap(element));
      else view.rerender(wrap(element));
      await nextFrame();
    },
    async serve(...messages) {
      serve(socket, messages);
      await nextFrame();
    },
    async push(...messages) {
      for (const message of messages) socket.push(message);
      await nextFrame();
    },
    unmount: () => view?.unmount(),
  };
}
