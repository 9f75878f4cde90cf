import type { PlantProblem } from './problems.ts';
import { duplicateIds, ids, reference } from './reference.ts';
import type { PlantFile } from './schema.ts';
import type { Path, YamlSource } from './source.ts';
import { BREAKDOWN_REASON, DONT_KNOW_REASON } from './state-mappings.ts';

/** The reason tree and the rules: no branch twice or on itself, and everything named is there. */
export function downtimeProblems(file: PlantFile, source: YamlSource): readonly PlantProblem[] {
  const groups = ids(file.reasonGroups);
  return [
    ...duplicateIds(file.reasonGroups, ['reasonGroups'], source),
    ...duplicateIds(file.downtime.rules, ['downtime', 'rules'], source),
    ...file.reasons.flatMap(({ group }, index) =>
      groupProblems(group, ['reasons', index, 'group'], groups, source),
    ),
    ...file.reasonGroups.flatMap(({ group }, index) =>
      groupProblems(group, ['reasonGroups', index, 'group'], groups, source),
    ),
    ...circles(file, source),
    ...file.downtime.rules.flatMap((_, index) => ruleProblems(file, index, source)),
  ];
}

function groupProblems(
  group: string | undefined,
  path: Path,
  groups: readonly string[],
  source: YamlSource,
): readonly PlantProblem[] {
  return group === undefined ? [] : reference(path, group, groups, 'the id of a reason group', source);
}

function circles({ reasonGroups }: PlantFile, source: YamlSource): readonly PlantProblem[] {
  const above = new Map(reasonGroups.map(({ id, group }) => [id, group]));
  return reasonGroups.flatMap(({ id }, index) => {
    let next = above.get(id);
    for (let steps = 0; next !== undefined && next !== id && steps < reasonGroups.length; steps += 1)
      next = above.get(next);
    return next === id
      ? [source.problem(['reasonGroups', index, 'group'], 'a group that is not on this one itself')]
      : [];
  });
}

function ruleProblems(file: PlantFile, index: number, source: YamlSource): readonly PlantProblem[] {
  const rule = file.downtime.rules[index];
  if (rule === undefined) return [];
  const path: Path = ['downtime', 'rules', index];
  const lines = file.areas.flatMap((area) => area.lines.map(({ id }) => `${area.id}/${id}`));
  const equipment = file.areas.flatMap((area) =>
    area.lines.flatMap((line) => line.equipment.map(({ id }) => `${area.id}/${line.id}/${id}`)),
  );
  const codes = file.reasons.filter(({ retired }) => !retired).map(({ code }) => code);
  const given = [...codes, BREAKDOWN_REASON.code, DONT_KNOW_REASON.code];
  const { longerThan = 0, shorterThan = Infinity } = rule;
  return [
    ...reference([...path, 'reason'], rule.reason, given, 'the code of a reason that is given', source),
    ...(rule.lines ?? []).flatMap((line, at) =>
      reference([...path, 'lines', at], line, lines, 'a line', source),
    ),
    ...(rule.equipment ?? []).flatMap((each, at) =>
      reference([...path, 'equipment', at], each, equipment, 'an equipment path', source),
    ),
    ...(shorterThan > longerThan
      ? []
      : [source.problem([...path, 'shorterThan'], 'a duration above that of longerThan')]),
  ];
}
