import type { WebSocket } from 'ws';

/** The incoming side of a connection in `ws`: a `Writable` that parses frames. */
interface Receiver {
  readonly _errored: boolean;
  _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error) => void): void;
}

/**
 * Once a frame broke the protocol nothing behind it is parsed. Of itself `ws` 8.23 parses on when the frame waited
 * behind a compressed one: the stream then hands over the rest before it tells the error. What is parsed next begins in
 * the midst of a frame, and throws where nobody can catch it: whoever may connect could end the process.
 */
export function stopAtFirstError(webSocket: WebSocket): void {
  const receiver = receiverOf(webSocket);
  if (receiver !== null) receiver._write = parseUnlessBroken;
}

/** One function for all receivers: it stands before the one of their class. */
const parseUnlessBroken: Receiver['_write'] = function parseUnlessBroken(
  this: Receiver,
  chunk,
  encoding,
  done,
) {
  if (this._errored) done();
  else (Object.getPrototypeOf(this) as Receiver)._write.call(this, chunk, encoding, done);
};

/** `null`: another version of `ws` keeps it elsewhere; a test then says whether it still needs this. */
function receiverOf(webSocket: WebSocket): Receiver | null {
  const { _receiver: receiver } = webSocket as unknown as { readonly _receiver?: Receiver };
  return receiver === undefined || typeof receiver._write !== 'function' ? null : receiver;
}
