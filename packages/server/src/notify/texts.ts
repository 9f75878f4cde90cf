import type { Letter, Notification, Since } from './notification.ts';

export type Language = 'en' | 'de';

type Item = Notification['items'][number];

interface Words {
  readonly types: Readonly<Record<Item['callType'], string>>;
  readonly priorities: Readonly<Record<Item['priority'], string>>;
  readonly subject: (item: Item, place: string, more: number) => string;
  readonly matter: (item: Item) => string;
  readonly raised: (by: string, at: string) => string;
  readonly note: (note: string) => string;
  readonly since: (since: Since, at: string) => string;
  readonly meanwhile: string;
  readonly footer: (key: string) => string;
}

const EN: Words = {
  types: {
    material: 'Material',
    maintenance: 'Maintenance',
    quality: 'Quality',
    process: 'Process',
    safety: 'Safety',
    other: 'Other',
  },
  priorities: { low: 'low', medium: 'medium', high: 'high', critical: 'CRITICAL' },
  subject: (item, place, more) =>
    `${EN.types[item.callType]} call (${EN.priorities[item.priority]}) at ${place}${more === 0 ? '' : ` and ${more} more`}`,
  matter: (item) => {
    if (item.subject === 'stillNeeded') return 'This call came late. Is it still needed?';
    const { clock, level } = item;
    const open = clock === 'acknowledgement' ? 'nobody has acknowledged it' : 'it is not resolved';
    if (item.subject === 'reminder') return `Reminder: ${open} (level ${level}).`;
    if (item.cause === 'nobodyOnCall')
      return `You are told because nobody was on call at the level before (now level ${level}).`;
    if (item.cause === 'notDisplayed')
      return `You are told because no screen has shown this critical call (level ${level}).`;
    return level === 1 && clock === 'acknowledgement' ? 'Please acknowledge it.' : `Level ${level}: ${open}.`;
  },
  raised: (by, at) => `Raised by ${by} at ${at}`,
  note: (note) => `Note: ${note}`,
  since: ({ what, by }, at) => `Meanwhile ${what} by ${by} at ${at}.`,
  meanwhile: 'settled meanwhile',
  footer: (key) => `MS5 message ${key}. The same key means the same message.`,
};

const DE: Words = {
  types: {
    material: 'Material',
    maintenance: 'Instandhaltung',
    quality: 'Qualität',
    process: 'Prozess',
    safety: 'Sicherheit',
    other: 'Sonstiges',
  },
  priorities: { low: 'niedrig', medium: 'mittel', high: 'hoch', critical: 'KRITISCH' },
  subject: (item, place, more) =>
    `Ruf ${DE.types[item.callType]} (${DE.priorities[item.priority]}) an ${place}${more === 0 ? '' : ` und ${more} weitere`}`,
  matter: (item) => {
    if (item.subject === 'stillNeeded') return 'Dieser Ruf kam verspätet an. Wird er noch gebraucht?';
    const { clock, level } = item;
    const open = clock === 'acknowledgement' ? 'noch niemand hat quittiert' : 'er ist noch nicht erledigt';
    if (item.subject === 'reminder') return `Erinnerung: ${open} (Stufe ${level}).`;
    if (item.cause === 'nobodyOnCall')
      return `Sie werden verständigt, weil auf der Stufe davor niemand Bereitschaft hatte (jetzt Stufe ${level}).`;
    if (item.cause === 'notDisplayed')
      return `Sie werden verständigt, weil kein Bildschirm diesen kritischen Ruf gezeigt hat (Stufe ${level}).`;
    return level === 1 && clock === 'acknowledgement' ? 'Bitte quittieren.' : `Stufe ${level}: ${open}.`;
  },
  raised: (by, at) => `Ausgelöst von ${by} um ${at}`,
  note: (note) => `Notiz: ${note}`,
  since: ({ what, by }, at) => `Inzwischen ${DE_ACTS[what]} von ${by} um ${at}.`,
  meanwhile: 'inzwischen erledigt',
  footer: (key) => `MS5-Nachricht ${key}. Gleicher Schlüssel heißt gleiche Nachricht.`,
};

const DE_ACTS = { acknowledged: 'quittiert', resolved: 'erledigt', cancelled: 'zurückgenommen' } as const;

const WORDS: Readonly<Record<Language, Words>> = { en: EN, de: DE };

export interface Text {
  readonly subject: string;
  readonly body: string;
}

/** Plain text of a letter, times in the site's zone. */
export function textOf(
  { notification, since }: Pick<Letter, 'notification' | 'since'>,
  language: Language,
  timeZone: string,
): Text {
  const words = WORDS[language];
  const { items, key } = notification;
  const calls = [...new Map(items.map((item) => [item.callId, item])).values()];
  const time = (at: number): string =>
    new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'short', timeZone }).format(at);
  const paragraphs = calls.map((item) => paragraphOf(item, items, since, words, time));
  const [first] = calls;
  const isSettled = calls.every(({ callId }) => since[callId] !== undefined);
  const subject = first === undefined ? key : words.subject(first, placeOf(first), calls.length - 1);
  return {
    subject: oneLine(isSettled ? `[${words.meanwhile}] ${subject}` : subject),
    body: `${[...paragraphs, words.footer(key)].join('\n\n')}\n`,
  };
}

function paragraphOf(
  call: Item,
  items: readonly Item[],
  since: Letter['since'],
  words: Words,
  time: (at: number) => string,
): string {
  const became = since[call.callId];
  const type = `${words.types[call.callType]} (${words.priorities[call.priority]})`;
  return [
    `${placeOf(call)}: ${type}`,
    `${words.raised(call.raisedBy, time(call.raisedAt))} (${call.callId})`,
    ...(call.note === undefined ? [] : [words.note(call.note)]),
    ...items.filter(({ callId }) => callId === call.callId).map(words.matter),
    ...(became === undefined ? [] : [words.since(became, time(became.at))]),
  ].join('\n');
}

function placeOf({ lineName, equipmentName }: Item): string {
  return equipmentName === undefined ? lineName : `${lineName}, ${equipmentName}`;
}

/** A subject is a header: what people wrote must not end it. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
