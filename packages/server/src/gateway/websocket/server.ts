import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hub, Transport } from '@ms5/hub';
import {
  CLOSE_CODES,
  CLOUD_EVENTS_VERSION,
  REQUEST_ERRORS,
  type EndpointName,
  type ErrorMessage,
} from '@ms5/wire';
import { pack } from '@ms5/wire/msgpack';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { httpAnswer } from '../http/app.ts';
import { bearerToken } from '../http/bearer.ts';
import type { ProblemCounts } from '../http/problem-counts.ts';
import { HttpProblem, problemOf } from '../http/problem.ts';
import type { GatewayLimits } from '../limits.ts';
import type { Logger } from '../log.ts';
import type { Serving } from '../serving.ts';
import type { ConnectionCounts } from './connection-limits.ts';
import { createDeflateAgreements, createDeflater } from './deflate.ts';
import { createFramer } from './frame.ts';
import { checkOrigin, checkPath, chooseEndpoint } from './handshake.ts';
import { stopAtFirstError } from './receiver-guard.ts';
import { afterFirstWrite, subscribeInAddress } from './topics-in-address.ts';
import { createTransport } from './transport.ts';

export interface WebSocketOptions {
  readonly hub: Hub;
  readonly limits: GatewayLimits;
  /** Shared with the other kinds of connection. */
  readonly counts: ConnectionCounts;
  /** Upgrades answered with a problem are counted there. */
  readonly problems: ProblemCounts;
  /** Origins besides the server's own whose pages may connect. */
  readonly allowedOrigins: readonly string[];
  readonly serving: () => Serving;
  readonly log: Logger;
  /** Whether messages are compressed for whoever asks for it. */
  readonly compress: boolean;
}

/** What an upgrade asked for. */
interface Asked {
  readonly endpoint: EndpointName;
  readonly token: string | undefined;
  readonly subscribe: string | null;
}

export interface WebSocketSide {
  connections(): number;
  /** Ends every connection without a closing handshake. */
  terminate(): void;
}

/** Takes the upgrades of the HTTP server: checks who asks, then hands the connection to the hub. */
export function serveWebSockets(server: Server, options: WebSocketOptions): WebSocketSide {
  const { hub, limits, counts } = options;
  const open = new Set<WebSocket>();
  const deflater = options.compress ? createDeflater(limits.compressBytes) : undefined;
  const agreements = createDeflateAgreements();
  /** By opcode; `deflated` for those that agreed to it. */
  const framers = {
    text: { plain: createFramer(1), deflated: createFramer(1, deflater) },
    binary: { plain: createFramer(2), deflated: createFramer(2, deflater) },
  };
  const webSocketOptions = {
    noServer: true,
    clientTracking: false,
    maxPayload: limits.messageBytes,
    // Context takeover would take each connection its own compressor, and some 300 kB.
    perMessageDeflate: options.compress && {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      threshold: limits.compressBytes,
    },
    // Answered by hand: whoever sends Pings and reads nothing must not fill our memory with Pongs.
    autoPong: false,
    closeTimeout: limits.closeTimeoutMs,
    handleProtocols: (protocols: ReadonlySet<string>) => chooseEndpoint([...protocols].join(',')),
  };
  const webSockets = new WebSocketServer(webSocketOptions);
  webSockets.on('headers', (headers, request) => {
    agreements.note(headers, request);
  });

  const admit = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const address = counts.addressOf(request);
    const { endpoint, token, isSoft, subscribe } = checkUpgrade(request, address);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      stopAtFirstError(webSocket);
      open.add(webSocket);
      counts.opened(address);
      webSocket.on('close', () => {
        open.delete(webSocket);
        counts.closed(address);
      });
      if (isSoft) refuseSoftly(webSocket, endpoint, counts.retryAfterMs());
      else {
        const { plain, deflated } = framers[isBinaryEndpoint(endpoint) ? 'binary' : 'text'];
        const framer = agreements.has(request) ? deflated : plain;
        attach(webSocket, createTransport(webSocket, socket, framer, address), socket, {
          endpoint,
          token,
          subscribe,
        });
      }
    });
  };

  const checkUpgrade = (request: IncomingMessage, address: string): Asked & { readonly isSoft: boolean } => {
    const parameters = checkPath(request.url ?? '/');
    checkOrigin(request, options.allowedOrigins);
    const endpoint = chooseEndpoint(request.headers['sec-websocket-protocol']);
    const token = bearerToken(request.headers.authorization);
    const subscribe = subscribeInAddress(parameters, endpoint, token !== undefined);
    const serving = options.serving();
    const retryAfterMs = counts.retryAfterMs();
    if (serving.status === 'draining') throw new HttpProblem('draining', serving);
    if (serving.status === 'failed') throw new HttpProblem('engineFailed');
    const admission = counts.admit(address);
    if (admission === 'hard') throw new HttpProblem('full', { retryAfterMs });
    if (admission === 'address') throw new HttpProblem('tooManyConnections', { retryAfterMs });
    return { endpoint, token, isSoft: admission === 'soft', subscribe };
  };

  const attach = (
    webSocket: WebSocket,
    plain: Transport,
    socket: Duplex,
    { endpoint, token, subscribe }: Asked,
  ): void => {
    const transport =
      subscribe === null ? plain : afterFirstWrite(plain, () => connection.receive(subscribe));
    const connection = hub.connect(endpoint, transport, token);
    webSocket.on('message', (data, isBinary) => {
      connection.receive(isBinary ? bytesOf(data) : bytesOf(data).toString('utf8'));
    });
    webSocket.on('ping', (data) => {
      if (socket.writableLength < limits.pongBacklogBytes) webSocket.pong(data);
    });
    webSocket.on('pong', () => {
      connection.ponged();
    });
    webSocket.on('close', (code) => {
      connection.closed(code);
    });
    webSocket.on('error', (error) => {
      // `ws` closes the connection with the fitting code after it; 'close' follows.
      options.log.debug({ err: error, remoteAddress: plain.remoteAddress }, 'WebSocket broke the protocol');
    });
  };

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    try {
      admit(request, socket, head);
    } catch (error) {
      const known = problemOf(error);
      if (known === undefined) options.log.error({ err: error }, 'upgrade failed');
      const problem = known ?? new HttpProblem('internal');
      options.problems.add(problem);
      socket.end(httpAnswer(problem), () => {
        socket.destroy();
      });
    }
  });

  return {
    connections: () => counts.total(),
    terminate() {
      for (const webSocket of open) webSocket.terminate();
    },
  };
}

const CLOUD_EVENT = {
  specversion: CLOUD_EVENTS_VERSION,
  id: 'refusal',
  source: '/gateways',
  datacontenttype: 'application/json',
};

function isBinaryEndpoint(endpoint: EndpointName): boolean {
  return endpoint === 'ms5.v1.msgpack';
}

/** Browsers hide the status of a refused upgrade, so it is taken, told when to come back, and closed. */
function refuseSoftly(webSocket: WebSocket, endpoint: EndpointName, retryAfterMs: number): void {
  const { code, name, message, temporary } = REQUEST_ERRORS.overloaded;
  const basic = { code: name, message, retryAfterMs };
  const error =
    endpoint === 'basic'
      ? { type: 'error', ...basic }
      : endpoint === 'cloudevents.json'
        ? { ...CLOUD_EVENT, type: 'ms5.error', data: basic }
        : ({ type: 'error', code, name, message, temporary, retryAfterMs } satisfies ErrorMessage);
  webSocket.on('error', () => undefined);
  webSocket.send(isBinaryEndpoint(endpoint) ? pack(error) : JSON.stringify(error));
  webSocket.close(CLOSE_CODES.overloaded.code, CLOSE_CODES.overloaded.message);
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
