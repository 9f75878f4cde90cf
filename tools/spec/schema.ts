/** A JSON Schema, or any other object of the document. */
export type Schema = { [member: string]: unknown };

/** By name. */
export type Schemas = Record<string, Schema>;
