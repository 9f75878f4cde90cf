import { describe, expect, it } from 'vitest';
import { demoPlant } from './demo/demo-plant.ts';
import { createPlant } from './plant.ts';

const START = Date.UTC(2026, 0, 5, 6);

describe('calls that an earlier run left open', () => {
  it('are acknowledged where they are not yet, and resolved', () => {
    const left = { line: 'packaging/cartoning', type: 'material', priority: 'high' } as const;
    const plant = createPlant({
      spec: demoPlant,
      seed: 'left',
      fromMs: START,
      liveFromMs: START,
      leftCalls: [
        { ...left, call: 'server-1', acknowledged: false },
        { ...left, call: 'server-2', acknowledged: true },
      ],
    });
    const acts = plant.advance(START + 7_200_000).flatMap((post) => (post.kind === 'act' ? [post.act] : []));
    const of = (name: string) => acts.filter((act) => 'call' in act && act.call === name);
    expect(of('server-1').map(({ command }) => command)).toEqual(['acknowledgeCall', 'resolveCall']);
    expect(of('server-2').map(({ command }) => command)).toEqual(['resolveCall']);
  });
});
