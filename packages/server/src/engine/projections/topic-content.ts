/** What a topic is to hold. */
export type TopicContent =
  | { readonly kind: 'record'; readonly document: object }
  | {
      readonly kind: 'collection';
      readonly documents: readonly (readonly [key: string, document: object])[];
    };

export function record(document: object): TopicContent {
  return { kind: 'record', document };
}

export function collection<T extends object>(
  documents: readonly T[],
  keyOf: (document: T) => string,
): TopicContent {
  return { kind: 'collection', documents: documents.map((document) => [keyOf(document), document]) };
}
