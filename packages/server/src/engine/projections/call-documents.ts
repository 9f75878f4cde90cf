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
  const { raisedBy, notes, responders, stillNeeded } = call;
  const raisedByName = known.get(raisedBy);
  const confirmed = stillNeeded?.confirmed;
  return Object.assign({}, withNames(call, ACTS, known), {
    ...(raisedByName === undefined ? null : { raisedByName }),
    ...(notes === undefined ? null : { notes: notes.map((act) => namedAct(act, known)) }),
    ...(responders === undefined ? null : { responders: responders.map((act) => namedAct(act, known)) }),
    ...(confirmed === undefined
      ? null
      : { stillNeeded: { ...stillNeeded, confirmed: namedAct(confirmed, known) } }),
  });
}

/** A document whose members of these names, as far as it has them, are acts: they get the names of people. */
export function withNames<Member extends string, Document extends Readonly<Partial<Record<Member, Act>>>>(
  document: Document,
  members: readonly Member[],
  known: PeopleNames,
): Document {
  const acts = members.flatMap((member) => {
    const act = document[member];
    return act === undefined ? [] : [[member, namedAct(act, known)] as const];
  });
  return Object.assign({}, document, Object.fromEntries(acts));
}

function namedAct(act: Act, known: PeopleNames): NonNullable<CallDocument['resolved']> {
  const byName = known.get(act.by);
  return byName === undefined ? act : { ...act, byName };
}
