import { LIMITS } from './limits.ts';

/** Bytes of well-formed text in UTF-8. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Each half of a surrogate pair counts 2 of the pair's 4 bytes.
    if (unit >= 0x80) bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** Control characters, and surrogates without their pair, have no place in a topic. */
function hasForbiddenCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || (unit >= 0x7f && unit <= 0x9f)) return true;
  }
  return !text.isWellFormed();
}

/** What is wrong with `text` as a path of levels, wildcards aside; `null`: nothing. */
export function findPathFault(text: string): string | null {
  if (text === '') return 'must not be empty';
  if (text.length > LIMITS.topicBytes || utf8Length(text) > LIMITS.topicBytes)
    return `must have at most ${LIMITS.topicBytes} bytes`;
  if (hasForbiddenCharacter(text)) return 'must not contain control characters';
  const levels = text.split('/');
  if (levels.length > LIMITS.topicLevels) return `must have at most ${LIMITS.topicLevels} levels`;
  if (levels.includes('')) return 'must not have an empty level';
  if (text.startsWith('$')) return 'must not start with "$"';
  return null;
}

/** What is wrong with `topic`; `null`: it is valid. */
export function findTopicFault(topic: string): string | null {
  return findPathFault(topic) ?? (/[+#]/.test(topic) ? 'must not contain "+" or "#"' : null);
}

/** Whether `topic` is a valid topic: levels of MQTT syntax without wildcards, none empty. */
export function isTopic(topic: string): boolean {
  return findTopicFault(topic) === null;
}
