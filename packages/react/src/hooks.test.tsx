// @vitest-environment happy-dom
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import {
  createStage,
  mark,
  snapshot,
} from '../../client/test-support/scripted-server.ts';
import { StrictMode, type ReactNode } from 'react';
import { afterEach, expect, it } from 'vitest';
import { Ms5Provider, useRecord } from './index.ts';

afterEach(cleanup);

const TOPIC = 'plant/a/l1/status';

it('shows a record', async () => {
  const stage = createStage();
  const socket = await stage.live();
  function Line(): ReactNode {
    const view = useRecord<{ state: string }>(TOPIC);
    return <p>{`${view.freshness} ${view.value.state ?? '-'}`}</p>;
  }
  render(
    <StrictMode>
      <Ms5Provider client={stage.client}>
        <Line />
      </Ms5Provider>
    </StrictMode>,
  );
  expect(screen.getByText('recovering -')).toBeDefined();
  await act(async () => {
    await Promise.resolve();
  });
  const { id } = socket.last('subscribe');
  expect(socket.all('subscribe')).toHaveLength(1);
  socket.push(
    { type: 'subscribed', id, filters: [TOPIC], wasRecovering: false, recovered: false, marks: [mark(5)] },
    snapshot(TOPIC, 5, { state: 'running' }),
    { type: 'synced', id },
  );
  await waitFor(() => screen.getByText('live running'));
});
