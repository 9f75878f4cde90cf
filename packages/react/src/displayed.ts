import type { Client } from '@ms5/client';
import { useEffect, useState } from 'react';
import { useClient, useScreen } from './provider.ts';
import type { ScreenPort } from './screen-system.ts';
import { useCollection } from './topics.ts';

/** A glance shorter than this shows nothing to anybody. */
const SEEN_FOR_MS = 1_000;
/** Occurrences remembered; an older one that is shown again is told again, which changes nothing. */
const REMEMBERED = 1_000;

const told = new WeakMap<Client, Set<string>>();

function toldBy(client: Client): Set<string> {
  const known = told.get(client);
  if (known !== undefined) return known;
  const created = new Set<string>();
  told.set(client, created);
  return created;
}

function remember(occurrences: Set<string>, occurrence: string): void {
  occurrences.add(occurrence);
  const [oldest] = occurrences;
  if (occurrences.size > REMEMBERED && oldest !== undefined) occurrences.delete(oldest);
}

/** Tells the server once the element was seen without interruption for long enough. */
function tellWhenSeen(
  client: Client,
  screen: ScreenPort,
  element: Element,
  topic: string,
  key: string,
): () => void {
  const occurrences = toldBy(client);
  const occurrence = `${topic} ${key}`;
  let cancel = (): void => {};
  const stop = screen.watch(element, (isSeen) => {
    cancel();
    if (!isSeen || occurrences.has(occurrence)) return;
    cancel = screen.after(SEEN_FOR_MS, () => {
      if (!occurrences.has(occurrence) && client.displayed(topic, key)) remember(occurrences, occurrence);
    });
  });
  return () => {
    cancel();
    stop();
  };
}

/**
 * For what shows a critical document, a call for example: `ref={useDisplayed(topic, key)}` tells the server, once per
 * occurrence, that it was in view for 1 s in a foreground document while it was up to date. `null` instead of a topic
 * or key: nothing is told.
 */
export function useDisplayed(topic: string | null, key: string | null): (element: Element | null) => void {
  const client = useClient();
  const screen = useScreen();
  const [element, setElement] = useState<Element | null>(null);
  const isCurrent = useCollection<unknown, boolean>(
    key === null ? null : topic,
    ({ freshness, value }) => freshness === 'live' && key !== null && value.has(key),
  );
  useEffect(() => {
    if (element === null || topic === null || key === null || !isCurrent) return undefined;
    return tellWhenSeen(client, screen, element, topic, key);
  }, [client, screen, element, topic, key, isCurrent]);
  return setElement;
}
