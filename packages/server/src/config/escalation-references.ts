import type { PlantProblem } from './problems.ts';
import { duplicateIds, ids, reference } from './reference.ts';
import type { PlantFile } from './schema.ts';
import type { Path, YamlSource } from './source.ts';

type Escalation = PlantFile['escalation'];
type Level = Escalation['policies'][number]['toResolve'][number];

/** People, rotas and places that are not there, levels out of order, turns that end before they begin. */
export function escalationProblems(file: PlantFile, source: YamlSource): readonly PlantProblem[] {
  const { rotas, policies } = file.escalation;
  const people = ids(file.users);
  return [
    ...duplicateIds(rotas, ['escalation', 'rotas'], source),
    ...duplicateIds(policies, ['escalation', 'policies'], source),
    ...rotas.flatMap((rota, r) => rotaProblems(rota, people, ['escalation', 'rotas', r], source)),
    ...policies.flatMap((policy, p) => policyProblems(file, policy, ['escalation', 'policies', p], source)),
  ];
}

function rotaProblems(
  rota: Escalation['rotas'][number],
  people: readonly string[],
  path: Path,
  source: YamlSource,
): readonly PlantProblem[] {
  const person = (at: Path, id: string): readonly PlantProblem[] =>
    reference(at, id, people, 'a user', source);
  const problems = (rota.rotation?.people ?? []).flatMap((id, i) =>
    person([...path, 'rotation', 'people', i], id),
  );
  for (const [t, turn] of rota.turns.entries()) {
    problems.push(...person([...path, 'turns', t, 'person'], turn.person));
    problems.push(...spanProblems(turn, rota.handover, [...path, 'turns', t], source));
  }
  for (const [s, each] of rota.substitutions.entries()) {
    const at: Path = [...path, 'substitutions', s];
    if (each.person !== null) problems.push(...person([...at, 'person'], each.person));
    if (each.for !== undefined) problems.push(...person([...at, 'for'], each.for));
    problems.push(...spanProblems(each, rota.handover, at, source));
  }
  return problems;
}

function spanProblems(
  { from, to }: { readonly from: string; readonly to: string },
  handover: string,
  path: Path,
  source: YamlSource,
): readonly PlantProblem[] {
  const full = (local: string): string => (local.includes('T') ? local : `${local}T${handover}`);
  return full(to) > full(from) ? [] : [source.problem([...path, 'to'], `a time after ${full(from)}`)];
}

function policyProblems(
  file: PlantFile,
  policy: Escalation['policies'][number],
  path: Path,
  source: YamlSource,
): readonly PlantProblem[] {
  const places = file.areas.flatMap(({ id, lines }) => [id, ...lines.map((line) => `${id}/${line.id}`)]);
  const { place, toAcknowledge, toResolve } = policy;
  return [
    ...(place === undefined ? [] : reference([...path, 'place'], place, places, 'an area or a line', source)),
    ...levelProblems(file, toAcknowledge, [...path, 'toAcknowledge'], source),
    ...levelProblems(file, toResolve, [...path, 'toResolve'], source),
  ];
}

function levelProblems(
  file: PlantFile,
  levels: readonly Level[],
  path: Path,
  source: YamlSource,
): readonly PlantProblem[] {
  let before = 0;
  return levels.flatMap((level, l) => {
    const at: Path = [...path, l];
    const problems = level.recipients.flatMap((recipient, r) =>
      recipientProblems(file, recipient, [...at, 'recipients', r], source),
    );
    if (level.after !== undefined && level.after < before)
      problems.push(source.problem([...at, 'after'], 'no less than the level before'));
    before = level.after ?? before;
    return problems;
  });
}

function recipientProblems(
  file: PlantFile,
  recipient: Level['recipients'][number],
  path: Path,
  source: YamlSource,
): readonly PlantProblem[] {
  if ('person' in recipient)
    return reference([...path, 'person'], recipient.person, ids(file.users), 'a user', source);
  if ('rota' in recipient)
    return reference([...path, 'rota'], recipient.rota, ids(file.escalation.rotas), 'a rota', source);
  return [];
}
