/** Encoded protocol messages about one topic that follow on each other, and how far they bring it. */
export interface Frames {
  readonly messages: readonly Uint8Array[];
  readonly bytes: number;
  /** The topic's position after them. */
  readonly to: number;
}

/** Frames of one topic by encoding and range. */
export type FrameCache = Map<string, Frames>;

export function createFrames(messages: readonly Uint8Array[], to: number): Frames {
  let bytes = 0;
  for (const message of messages) bytes += message.byteLength;
  return { messages, bytes, to };
}
