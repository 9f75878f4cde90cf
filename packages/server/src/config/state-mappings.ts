import {
  BIT_MAPPING,
  MTCONNECT_MAPPING,
  MTCONNECT_MODES,
  OPCUA_MACHINERY_MAPPING,
  OPCUA_MACHINERY_MODES,
  PACKML_MAPPING,
  PACKML_MODES,
  PLAIN_MAPPING,
  type ModeMapping,
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
  'opcua-machinery': OPCUA_MACHINERY_MAPPING,
  simple: PLAIN_MAPPING,
  bit: BIT_MAPPING,
};

/** Tables of modes that every plant may name; `simple`: modes are called what the machine calls them. */
export const BUILT_IN_MODES: Readonly<Record<string, ModeMapping>> = {
  mtconnect: MTCONNECT_MODES,
  packml: PACKML_MODES,
  'opcua-machinery': OPCUA_MACHINERY_MODES,
  simple: {},
};

/** What nobody can tell; it explains nothing. */
export const DONT_KNOW_REASON: ReasonConfig = {
  code: 'dontKnow',
  name: "Don't know",
  loss: 'unexplained',
  failure: false,
};
