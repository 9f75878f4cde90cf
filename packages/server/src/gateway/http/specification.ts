/** A part of an OpenAPI 3.1 document. */
export type Specification = Readonly<Record<string, unknown>>;
