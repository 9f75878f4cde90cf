import type { CommandMessage, DisplayedMessage, PublishMessage } from '@ms5/wire';
import type { SimulatedIdentity } from './delivery-ports.ts';
import type { ModelEntry, PlantModel } from './plant-model.ts';
import { digestOfValue, type NotedAct } from './sightings.ts';

type Publication = Omit<PublishMessage, 'type' | 'id'>;
type Author = Pick<SimulatedIdentity, 'userId'>;

/** What the server behind the hub makes of what guests ask: publications made once, and who asked for what. */
export interface GuestWorld {
  publish(
    publication: Publication,
    author: Author,
  ): { readonly offset: number; readonly isDuplicate: boolean };
  executed(command: CommandMessage, author: Author): void;
  displayed(receipt: Omit<DisplayedMessage, 'type'>, reader: Author): void;
  readonly noted: readonly NotedAct[];
}

export interface GuestWorldParts {
  readonly model: PlantModel;
  readonly now: () => number;
  readonly append: (entry: ModelEntry) => void;
}

export function createGuestWorld({ model, now, append }: GuestWorldParts): GuestWorld {
  /** Of the present epoch's log. */
  let known = new Map<string, number>();
  let epoch = model.epoch();
  const noted: NotedAct[] = [];

  function noteAct(kind: NotedAct['kind'], subject: string, { userId }: Author): void {
    noted.push({ kind, subject, user: userId, log: model.epoch() });
  }

  return {
    publish(publication, author) {
      if (epoch !== model.epoch()) known = new Map();
      epoch = model.epoch();
      const { topic, data, key } = publication;
      const id = JSON.stringify([author.userId, key]);
      const offset = key === undefined ? undefined : known.get(id);
      if (offset !== undefined) return { offset, isDuplicate: true };
      const entry = model.append(topic, data, now());
      known.set(id, entry.offset);
      noteAct('publication', digestOfValue(data), author);
      append(entry);
      return { offset: entry.offset, isDuplicate: false };
    },
    executed: ({ key }, author) => noteAct('command', `${key.clientId} ${key.counter}`, author),
    displayed: ({ key }, reader) => noteAct('receipt', key, reader),
    noted,
  };
}
