import type { FactoryCommand, FactoryEvent, Observation, PlantConfig } from '@ms5/domain';
import type { CommandKey, ExpectedState, Json, OutcomeStatus, PublishLane } from '@ms5/wire';
import type { TopicClass } from '../projections/topics.ts';

/** Version of the entries written now. */
export const ENTRY_VERSION = 3;

/** Why an entry was made. */
export type EntryCause =
  /** The plant's configuration, in force from this entry on. The first entry of a log is one. */
  | { readonly kind: 'configLoaded'; readonly plant: PlantConfig }
  /** What machines said, in the order it was decided; refused and repeated items are left out. */
  | {
      readonly kind: 'observations';
      readonly source: string;
      readonly observations: readonly Observation[];
    }
  | {
      readonly kind: 'command';
      readonly key: CommandKey;
      readonly author: string;
      readonly command: FactoryCommand;
      readonly deadline?: number;
      readonly expected?: ExpectedState;
    }
  /** Another program changed a topic of its own. `data: null`: it removed it. */
  | {
      readonly kind: 'published';
      readonly author: string;
      readonly topic: string;
      readonly topicKind: TopicClass['kind'];
      readonly lane: PublishLane;
      readonly data: Json;
    }
  /** A call was on a visible screen for the first time. */
  | {
      readonly kind: 'displayed';
      readonly topic: string;
      readonly callId: string;
      /** Of the document that was shown. */
      readonly shownOffset: number;
      readonly reader: string;
    }
  /** The clock. */
  | { readonly kind: 'tick' }
  /** Documents that were behind were brought up to date; nothing became true. */
  | { readonly kind: 'publish' };

/** What a command came to. */
export interface CommandOutcome {
  readonly status: OutcomeStatus;
  readonly data?: Json;
  readonly reason?: string;
  readonly message?: string;
}

export type EntryOutcome =
  | CommandOutcome
  /** Items of a batch: taken, and refused by the domain (too late, for example). */
  | { readonly accepted: number; readonly refused: number }
  | null;

/** The atomic unit of the log: its cause, what came of it, and what became true. */
export interface LogEntry {
  readonly offset: number;
  /** When it was decided, ms since the epoch; never decreases. */
  readonly at: number;
  readonly version: number;
  readonly cause: EntryCause;
  readonly outcome: EntryOutcome;
  readonly events: readonly FactoryEvent[];
  /**
   * Topics were brought up to date after this entry. Several batches committed together are projected once, after
   * the last of them; it is recorded so that a restart gives every key the same offset again.
   */
  readonly projected: boolean;
}
