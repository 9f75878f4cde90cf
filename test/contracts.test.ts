import * as domain from '@ms5/domain';
import * as wire from '@ms5/wire/factory';
import { expect, expectTypeOf, test } from 'vitest';

// The domain and the protocol describe the same words independently (neither may import the other).
// A word added on one side only does not compile here.

test('states, calls, alarms and losses mean the same in the domain and on the wire', () => {
  expectTypeOf<domain.StateName>().toEqualTypeOf<wire.StateName>();
  expectTypeOf<domain.CallType>().toEqualTypeOf<wire.CallType>();
  expectTypeOf<domain.CallPriority>().toEqualTypeOf<wire.CallPriority>();
  expectTypeOf<domain.AlarmState>().toEqualTypeOf<wire.AlarmState>();
  expectTypeOf<domain.AlarmSeverity>().toEqualTypeOf<wire.AlarmSeverity>();
  expectTypeOf<domain.LossName>().toEqualTypeOf<wire.LossName>();
  expect([...wire.LOSS_NAMES]).toEqual([...domain.LOSS_NAMES]);
});
