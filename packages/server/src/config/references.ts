import { BUILT_IN_MAPPINGS, BUILT_IN_MODES } from './state-mappings.ts';
import type { PlantProblem } from './problems.ts';
import { calendarProblems } from './calendar-references.ts';
import { downtimeProblems } from './downtime-references.ts';
import { escalationProblems } from './escalation-references.ts';
import { duplicateIds, ids, reference } from './reference.ts';
import type { PlantFile } from './schema.ts';
import { shiftProblems } from './shift-overlap.ts';
import { workProblems } from './work-references.ts';
import type { Path, YamlSource } from './source.ts';

/** First topic levels that are not sites. */
const RESERVED_SITES: readonly string[] = ['system', 'user', 'app'];

/** What a schema cannot see: duplicates, references between parts, time zones, overlapping shifts. */
export function referenceProblems(file: PlantFile, source: YamlSource): readonly PlantProblem[] {
  return [
    ...siteProblems(file, source),
    ...duplicates(file, source),
    ...lineProblems(file, source),
    ...mappingProblems(file, source),
    ...calendarProblems(file, source),
    ...shiftProblems(file, source),
    ...connectorProblems(file, source),
    ...escalationProblems(file, source),
    ...downtimeProblems(file, source),
    ...workProblems(file, source),
  ];
}

function siteProblems({ site }: PlantFile, source: YamlSource): readonly PlantProblem[] {
  const problems: PlantProblem[] = [];
  if (RESERVED_SITES.includes(site.id)) {
    problems.push(
      source.problem(['site', 'id'], `an id other than ${RESERVED_SITES.join(', ')} (reserved topics)`),
    );
  }
  if (!isTimeZone(site.timeZone)) {
    problems.push(source.problem(['site', 'timeZone'], 'an IANA time zone such as "Europe/Berlin"'));
  }
  return problems;
}

function isTimeZone(name: string): boolean {
  // Offsets such as "+02:00" are accepted by Intl but have no daylight saving, so they are refused here.
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return true;
  } catch {
    return false;
  }
}

function duplicates(file: PlantFile, source: YamlSource): readonly PlantProblem[] {
  const problems = [
    ...duplicateIds(file.areas, ['areas'], source),
    ...duplicateIds(file.products, ['products'], source),
    ...duplicateIds(file.shifts, ['shifts'], source),
    ...duplicateIds(file.connectors, ['connectors'], source),
    ...duplicateIds(file.users, ['users'], source),
    ...duplicateIds(
      file.reasons.map(({ code }) => ({ id: code })),
      ['reasons'],
      source,
      'code',
    ),
  ];
  for (const [a, area] of file.areas.entries()) {
    problems.push(...duplicateIds(area.lines, ['areas', a, 'lines'], source));
    for (const [l, line] of area.lines.entries()) {
      problems.push(...duplicateIds(line.equipment, ['areas', a, 'lines', l, 'equipment'], source));
    }
  }
  return problems;
}

function lineProblems(file: PlantFile, source: YamlSource): readonly PlantProblem[] {
  const problems: PlantProblem[] = [];
  for (const [a, area] of file.areas.entries()) {
    for (const [l, line] of area.lines.entries()) {
      const path: Path = ['areas', a, 'lines', l];
      const equipment = line.equipment.map(({ id }) => id);
      if (line.constraint === undefined && equipment.length > 1) {
        problems.push(source.problem([...path, 'constraint'], `one of ${equipment.join(', ')}`));
      } else if (line.constraint !== undefined) {
        problems.push(
          ...reference([...path, 'constraint'], line.constraint, equipment, 'equipment of this line', source),
        );
      }
      for (const [s, shift] of (line.shifts ?? []).entries()) {
        problems.push(...reference([...path, 'shifts', s], shift, ids(file.shifts), 'a shift', source));
      }
      for (const [product, id] of Object.entries(line.constraintByProduct)) {
        const at: Path = [...path, 'constraintByProduct', product];
        problems.push(...reference(at, product, ids(file.products), 'a product', source));
        problems.push(...reference(at, id, equipment, 'equipment of this line', source));
      }
      problems.push(...equipmentProblems(file, line.equipment, [...path, 'equipment'], source));
    }
  }
  return problems;
}

function equipmentProblems(
  file: PlantFile,
  equipment: PlantFile['areas'][number]['lines'][number]['equipment'],
  path: Path,
  source: YamlSource,
): readonly PlantProblem[] {
  const mappings = Object.keys({ ...BUILT_IN_MAPPINGS, ...file.stateMappings });
  const modeMappings = Object.keys({ ...BUILT_IN_MODES, ...file.modeMappings });
  return equipment.flatMap(({ states, modes, pulse, packml, product, idealCycles }, e) => [
    ...Object.keys(idealCycles).flatMap((own) =>
      reference([...path, e, 'idealCycles', own], own, ids(file.products), 'a product', source),
    ),
    ...statesProblems([...path, e], states, pulse !== undefined, mappings, source),
    ...(packml === true && pulse !== undefined
      ? [source.problem([...path, e, 'packml'], 'no PackML where pulses tell the state')]
      : []),
    ...(modes === undefined
      ? []
      : reference([...path, e, 'modes'], modes, modeMappings, 'a mode mapping', source)),
    ...(product === undefined
      ? []
      : reference([...path, e, 'product'], product, ids(file.products), 'a product', source)),
  ]);
}

/** A machine tells its states or gives pulses. */
function statesProblems(
  path: Path,
  states: string | undefined,
  isPulsed: boolean,
  mappings: readonly string[],
  source: YamlSource,
): readonly PlantProblem[] {
  if (isPulsed)
    return states === undefined
      ? []
      : [source.problem([...path, 'states'], 'either states or pulse: pulses tell the state')];
  if (states === undefined)
    return [source.problem([...path, 'states'], 'the name of a state mapping, or else a pulse')];
  return reference([...path, 'states'], states, mappings, 'a state mapping', source);
}

function mappingProblems(file: PlantFile, source: YamlSource): readonly PlantProblem[] {
  const problems = Object.keys(file.modeMappings)
    .filter((name) => Object.hasOwn(BUILT_IN_MODES, name))
    .map((name) =>
      source.keyProblem(['modeMappings', name], 'a name that is not built in', `the built-in "${name}"`),
    );
  const codes = file.reasons.map(({ code }) => code);
  for (const [name, mapping] of Object.entries(file.stateMappings)) {
    if (Object.hasOwn(BUILT_IN_MAPPINGS, name)) {
      problems.push(
        source.keyProblem(['stateMappings', name], 'a name that is not built in', `the built-in "${name}"`),
      );
    }
    for (const [raw, meaning] of Object.entries(mapping)) {
      if (!('reason' in meaning) || meaning.reason === undefined) continue;
      problems.push(
        ...reference(
          ['stateMappings', name, raw, 'reason'],
          meaning.reason,
          codes,
          'the code of a reason',
          source,
        ),
      );
    }
  }
  return problems;
}

function connectorProblems(file: PlantFile, source: YamlSource): readonly PlantProblem[] {
  const problems: PlantProblem[] = [];
  const paths = file.areas.flatMap((area) =>
    area.lines.flatMap((line) => line.equipment.map(({ id }) => `${area.id}/${line.id}/${id}`)),
  );
  const pulsed = new Set(
    file.areas.flatMap((area) =>
      area.lines.flatMap((line) =>
        line.equipment.flatMap(({ id, pulse }) =>
          pulse === undefined ? [] : [`${area.id}/${line.id}/${id}`],
        ),
      ),
    ),
  );
  const taken = new Map<string, string>();
  for (const [c, connector] of file.connectors.entries()) {
    const path: Path = ['connectors', c];
    const { equipment, keys } = connector;
    if ((keys.execution ?? keys.availability) !== undefined && pulsed.has(equipment))
      problems.push(
        source.problem([...path, 'keys'], 'neither execution nor availability: its pulses tell the state'),
      );
    problems.push(...reference([...path, 'equipment'], equipment, paths, 'an equipment path', source));
    const other = taken.get(equipment);
    if (other !== undefined) {
      problems.push(
        source.problem([...path, 'equipment'], 'equipment with one connector', `that of "${other}"`),
      );
    }
    taken.set(equipment, connector.id);
    for (const [program, product] of Object.entries(connector.programs)) {
      problems.push(
        ...reference([...path, 'programs', program], product, ids(file.products), 'a product', source),
      );
    }
  }
  return problems;
}
