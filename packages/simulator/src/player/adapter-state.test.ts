import { describe, expect, it } from 'vitest';
import { createAdapterState } from './adapter-state.ts';
import { parseRecording } from './recording.ts';

function stateAfter(lines: readonly string[]) {
  const state = createAdapterState();
  for (const { entries } of parseRecording(lines.join('\n')).segments) {
    for (const entry of entries) state.apply(entry, entry.stamp);
  }
  return state;
}

describe('the state a new client is told', () => {
  it('has the latest value of each key, with the stamp of its own change', () => {
    const state = stateAfter([
      '2022-08-08T13:00:00Z|execution|READY|count|0|program|',
      '2022-08-08T13:00:01Z|execution|ACTIVE',
      '2022-08-08T13:00:02Z|speed|100|count|1',
    ]);
    expect(state.lines()).toEqual([
      '2022-08-08T13:00:00Z|program|',
      '2022-08-08T13:00:01Z|execution|ACTIVE',
      '2022-08-08T13:00:02Z|count|1|speed|100',
    ]);
  });

  it('has every active condition on a line of its own', () => {
    const raised = ['2022-08-08T13:00:00Z|sys|NORMAL||||', '2022-08-08T13:00:01Z|sys|FAULT|7|HIGH||hot'];
    const both = [...raised, '2022-08-08T13:00:02Z|sys|WARNING|9|||low oil'];
    expect(stateAfter(both).lines()).toEqual(both.slice(1));
    expect(stateAfter([...both, '2022-08-08T13:00:03Z|sys|NORMAL|7|||']).lines()).toEqual(both.slice(2));
    const cleared = '2022-08-08T13:00:03Z|sys|NORMAL||||';
    expect(stateAfter([...both, cleared]).lines()).toEqual([cleared]);
  });

  it('has the assets that were not removed', () => {
    const asset = (id: string) => `2022-08-08T10:00:00Z|@ASSET@|${id}|CuttingTool|<T/>`;
    const all = [
      '2022-08-08T13:00:00Z|a|1',
      asset('t1'),
      asset('t2'),
      '2022-08-08T13:00:00Z|@REMOVE_ASSET@|t1',
    ];
    expect(stateAfter(all).lines()).toEqual([all[0], asset('t2')]);
    const none = [...all, '2022-08-08T13:00:00Z|@REMOVE_ALL_ASSETS@|CuttingTool'];
    expect(stateAfter(none).lines()).toEqual([all[0]]);
  });
});
