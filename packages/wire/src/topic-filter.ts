import { findPathFault } from './topic.ts';

/**
 * A filter in MQTT 5 syntax (section 4.7): `+` stands for one level, a last `#` for the level before it and
 * everything below.
 */
export interface TopicFilter {
  readonly text: string;
  /** Without the last `#`. */
  readonly levels: readonly string[];
  /** Ends in `#`. */
  readonly isOpen: boolean;
}

export type ParsedTopicFilter =
  | { readonly ok: true; readonly filter: TopicFilter }
  | { readonly ok: false; readonly error: string };

/** Reads a filter; `error` says what is wrong with it. */
export function parseTopicFilter(text: string): ParsedTopicFilter {
  const fault = findPathFault(text);
  if (fault !== null) return { ok: false, error: fault };
  const levels = text.split('/');
  const isOpen = levels.at(-1) === '#';
  if (isOpen) levels.pop();
  for (const level of levels) {
    if (level.includes('#')) return { ok: false, error: '"#" must be the whole last level' };
    if (level.includes('+') && level !== '+') return { ok: false, error: '"+" must be a whole level' };
  }
  return { ok: true, filter: { text, levels, isOpen } };
}

/** Whether a valid topic is matched by the filter. */
export function matchesTopic(filter: TopicFilter, topic: string): boolean {
  const { levels } = filter;
  let start = 0;
  for (let index = 0; index < levels.length; index += 1) {
    if (start > topic.length) return false;
    const slash = topic.indexOf('/', start);
    const end = slash === -1 ? topic.length : slash;
    const level = levels[index] ?? '';
    if (level !== '+' && (level.length !== end - start || !topic.startsWith(level, start))) return false;
    start = end + 1;
  }
  return filter.isOpen || start > topic.length;
}

function intersectLevels(a: string, b: string): string | null {
  if (a === '+') return b;
  return b === '+' || a === b ? a : null;
}

/**
 * The filter that matches exactly the topics both match, or `null` when no topic is. There is always at most one:
 * MQTT filters are closed under intersection.
 */
export function intersectFilters(a: TopicFilter, b: TopicFilter): TopicFilter | null {
  const [longer, shorter] = a.levels.length >= b.levels.length ? [a, b] : [b, a];
  if (longer.levels.length > shorter.levels.length && !shorter.isOpen) return null;
  const levels: string[] = [];
  for (const [index, level] of longer.levels.entries()) {
    const other = shorter.levels[index];
    const common = other === undefined ? level : intersectLevels(level, other);
    if (common === null) return null;
    levels.push(common);
  }
  const isOpen = longer.isOpen && shorter.isOpen;
  return { text: [...levels, ...(isOpen ? ['#'] : [])].join('/'), levels, isOpen };
}

/** Whether every topic that `inner` matches is matched by `outer`. */
export function coversFilter(outer: TopicFilter, inner: TopicFilter): boolean {
  return intersectFilters(outer, inner)?.text === inner.text;
}

/**
 * What remains of the `requested` filter under permission filters: each intersection once, without those that
 * another one covers. Empty: nothing is permitted.
 */
export function permitFilter(
  requested: TopicFilter,
  permissions: readonly TopicFilter[],
): readonly TopicFilter[] {
  const kept: TopicFilter[] = [];
  for (const permission of permissions) {
    const common = intersectFilters(requested, permission);
    if (common === null || kept.some((other) => coversFilter(other, common))) continue;
    for (let index = kept.length - 1; index >= 0; index -= 1) {
      const other = kept[index];
      if (other !== undefined && coversFilter(common, other)) kept.splice(index, 1);
    }
    kept.push(common);
  }
  return kept;
}

/** The valid ones among filters that were checked where they came in; others are left out. */
export function validFilters(texts: readonly string[]): readonly TopicFilter[] {
  return texts.flatMap((text) => {
    const parsed = parseTopicFilter(text);
    return parsed.ok ? [parsed.filter] : [];
  });
}

/** Whether any of the filters, as texts, matches: to be asked of many topics. */
export function topicMatcher(texts: readonly string[]): (topic: string) => boolean {
  const filters = validFilters(texts);
  return (topic) => filters.some((filter) => matchesTopic(filter, topic));
}

/** Whether any of the filters, as texts, matches the topic. */
export function matchesAny(texts: readonly string[], topic: string): boolean {
  return topicMatcher(texts)(topic);
}
