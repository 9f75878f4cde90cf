import {
  MTCONNECT_MAPPING,
  PACKML_MAPPING,
  PLAIN_MAPPING,
  type ReasonConfig,
  type StateMapping,
} from '@ms5/domain';

/** Reason the built-in `packml` mapping gives to aborts; added to a plant that uses it and has none of that code. */
export const BREAKDOWN_REASON: ReasonConfig = {
  code: 'breakdown',
  name: 'Breakdown',
  loss: 'breakdown',
  failure: true,
};

/** Mappings that every plant may name without defining them. */
export const BUILT_IN_MAPPINGS: Readonly<Record<string, StateMapping>> = {
  mtconnect: MTCONNECT_MAPPING,
  packml: PACKML_MAPPING,
  simple: PLAIN_MAPPING,
};

/** What nobody can tell; it explains nothing. */
export const DONT_KNOW_REASON: ReasonConfig = {
  code: 'dontKnow',
  name: "Don't know",
  loss: 'unexplained',
  failure: false,
};
