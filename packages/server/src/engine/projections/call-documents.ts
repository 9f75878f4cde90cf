import { openAndRecentCalls, type Act, type EngineState, type LinePath, type PlantConfig } from '@ms5/domain';
import type { CallDocument } from '@ms5/wire/factory';
import { namesOfPeople, type PeopleNames } from '../../plant-names.ts';

/** Calls of a line, with people by the names the plant has for them beside their ids. */
export function callDocuments(
  state: EngineState,
  config: PlantConfig,
  line: LinePath,
): readonly CallDocument[] {
  const known = namesOfPeople(config);
  return openAndRecentCalls(state, line).map((call) => named(call, known));
}

const ACTS = ['displayed', 'acknowledged', 'started', 'resolved', 'cancelled', 'rootCause'] as const;

function named(call: CallDocument, known: PeopleNames): CallDocument {
  const acts: { -readonly [Name in (typeof ACTS)[number]]?: CallDocument['resolved'] } = {};
  for (const name of ACTS) {
    const act = call[name];
    if (act !== undefined) acts[name] = namedAct(act, known);
  }
  const { raisedBy, notes, responders, stillNeeded } = call;
  const raisedByName = known.get(raisedBy);
  const confirmed = stillNeeded?.confirmed;
  return Object.assign({}, call, acts, {
    ...(raisedByName === undefined ? null : { raisedByName }),
    ...(notes === undefined ? null : { notes: notes.map((act) => namedAct(act, known)) }),
    ...(responders === undefined ? null : { responders: responders.map((act) => namedAct(act, known)) }),
    ...(confirmed === undefined
      ? null
      : { stillNeeded: { ...stillNeeded, confirmed: namedAct(confirmed, known) } }),
  });
}

export function namedAct(act: Act, known: PeopleNames): NonNullable<CallDocument['resolved']> {
  const byName = known.get(act.by);
  return byName === undefined ? act : { ...act, byName };
}
