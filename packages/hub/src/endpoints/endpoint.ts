import type {
  AckMessage,
  CommandKey,
  ConnectMessage,
  Json,
  DisplayedMessage,
  ExpectedState,
  MessageFault,
  PongMessage,
  ProbeMessage,
  PublishMessage,
  RefreshMessage,
  ServerMessage,
  SignOutMessage,
  SubscribeMessage,
  UnsubscribeMessage,
} from '@ms5/wire';
import type { DataEncoding } from '../delivery/encoding.ts';

/** The `id` of a request that carried none, on endpoints that allow it; answers then carry none either. */
export const NO_ID = -1;

/** A command as an endpoint read it. `key`: a text stands for itself, `null`: the command is new each time. */
export interface CommandRequest {
  readonly type: 'command';
  readonly id: number;
  readonly command: string;
  readonly data: Json;
  readonly key: CommandKey | string | null;
  readonly deadline?: number;
  readonly expected?: ExpectedState;
}

/** What clients ask for, whatever the endpoint. */
export type Request =
  | ConnectMessage
  | (SubscribeMessage & { readonly batch?: boolean })
  | UnsubscribeMessage
  | CommandRequest
  | PublishMessage
  | DisplayedMessage
  | SignOutMessage
  | AckMessage
  | PongMessage
  | ProbeMessage
  | RefreshMessage;

type ParsedRequest =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly error: MessageFault };

/** Answers and notices; what topics hold is written by the endpoint's `DataEncoding`. */
export type Reply = Exclude<
  ServerMessage,
  { type: 'snapshot' | 'delta' | 'entries' | 'signal' | 'mark' | 'gone' | 'names' }
>;

/** One way to speak to the hub. A further protocol is one more of these. */
export interface Endpoint {
  /** As in `Hub.connect`. */
  readonly name: string;
  readonly capabilities: {
    /** Whether a token of the upgrade suffices, or the client has to introduce itself with `connect`. */
    readonly needsConnect: boolean;
    /** What tells that data arrived: `ack` messages, or the Pong of a WebSocket Ping sent behind it. */
    readonly pacing: 'ack' | 'pong';
  };
  parse(text: string): ParsedRequest;
  /** Omitted: the endpoint takes texts alone. */
  readonly parseBinary?: (bytes: Uint8Array) => ParsedRequest;
  /** `null`: the endpoint has no such message. */
  encode(reply: Reply): Uint8Array | null;
  /** Of sessions that asked for `batch`, and of those that did not. */
  readonly encodings: { readonly single: DataEncoding; readonly batch: DataEncoding };
}
