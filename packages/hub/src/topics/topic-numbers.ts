import type { Topic } from './topic.ts';

/**
 * Short names of topics for encodings that use numbers. They are the hub's, not a session's, so that frames can be
 * shared; a session remembers which ones it was told.
 */
export interface TopicNumbers {
  /** The topic's number; given when it is asked for first. */
  of(topic: Topic): number;
  /** The topic is no more; its number may be given to another, much later. */
  release(topic: Topic): void;
  /** The numbers of one page (`PAGE` each) mean something else than at an earlier generation. */
  generation(page: number): number;
}

/** Numbers that are remembered together. */
const PAGE = 1_024;
const BITS = 32;
/** So many numbers rest before the one resting longest is given anew. */
const RESTING = 1_024;

export function createTopicNumbers(): TopicNumbers {
  let next = 0;
  const resting: number[] = [];
  const generations: number[] = [];

  function take(): number {
    const again = resting.length > RESTING ? resting.shift() : undefined;
    if (again === undefined) return next++;
    const page = Math.floor(again / PAGE);
    generations[page] = (generations[page] ?? 0) + 1;
    return again;
  }

  return {
    of(topic) {
      if (topic.number < 0) topic.number = take();
      return topic.number;
    },
    release(topic) {
      if (topic.number >= 0) resting.push(topic.number);
    },
    generation: (page) => generations[page] ?? 0,
  };
}

/** The numbers one session was told: a bit each. */
export interface ToldNumbers {
  /** Whether the topic's number is to be told before it is used. */
  isNew(topic: Topic): boolean;
  add(topic: Topic): void;
}

interface ToldPage {
  generation: number;
  readonly bits: Uint32Array;
}

export function createToldNumbers(numbers: TopicNumbers): ToldNumbers {
  const pages = new Map<number, ToldPage>();
  return {
    isNew(topic) {
      const number = numbers.of(topic);
      const index = Math.floor(number / PAGE);
      const page = pages.get(index);
      if (page === undefined || page.generation !== numbers.generation(index)) return true;
      const bit = number % PAGE;
      return ((page.bits[Math.floor(bit / BITS)] ?? 0) & (1 << (bit % BITS))) === 0;
    },
    add(topic) {
      const number = numbers.of(topic);
      const index = Math.floor(number / PAGE);
      let page = pages.get(index);
      if (page === undefined || page.generation !== numbers.generation(index)) {
        page = { generation: numbers.generation(index), bits: new Uint32Array(PAGE / BITS) };
        pages.set(index, page);
      }
      const bit = number % PAGE;
      const word = Math.floor(bit / BITS);
      page.bits[word] = (page.bits[word] ?? 0) | (1 << (bit % BITS));
    },
  };
}
