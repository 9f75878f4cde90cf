import type { Json } from '@ms5/wire';
import type { AskedCommand, Rest, Sighting } from '@ms5/testkit';

/** What the harness tells a client's process. */
export type ClientOrder =
  | { readonly order: 'begin'; readonly device: DeviceOrder }
  | {
      readonly order: 'command';
      readonly name: string;
      readonly data: Json;
      readonly deadline: number | null;
    }
  | { readonly order: 'nudge' | 'reopen' | 'relisten' }
  | { readonly order: 'rest' | 'end'; readonly id: number };

export interface DeviceOrder {
  readonly name: string;
  readonly url: string;
  readonly seed: number;
  readonly skewMs: number;
  readonly isDurable: boolean;
  readonly tokenKey: Uint8Array;
  readonly tokenLifeMs: number;
}

export type Answer = AskedCommand['answers'][number];

/** What a client's process answers. */
export type ClientReport =
  | {
      readonly report: 'rest';
      readonly id: number;
      readonly topics: Rest['topics'];
      readonly status: string;
      readonly pending: number;
    }
  | {
      readonly report: 'end';
      readonly id: number;
      readonly sightings: readonly Sighting[];
      readonly faults: readonly string[];
      /** By what the command was about. */
      readonly answers: readonly (readonly [about: string, answer: Answer])[];
    };
