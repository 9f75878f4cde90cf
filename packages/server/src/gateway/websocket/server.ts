import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Hub } from '@ms5/hub';
import {
  CLOSE_CODES,
  CLOUD_EVENTS_VERSION,
  REQUEST_ERRORS,
  type EndpointName,
  type ErrorMessage,
} from '@ms5/wire';
import { pack } from '@ms5/wire/msgpack';
import { WebSocketServer, type WebSocket } from 'ws';
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
import { createPeerEnds } from './peer-end.ts';
import { stopAtFirstError } from './receiver-guard.ts';
import { ServedSocket, type SocketEvents } from './served-socket.ts';
import { createSessionStarts, type SessionStarts } from './session-starts.ts';
import { afterFirstWrite, subscribeInAddress } from './topics-in-address.ts';
import { WebSocketTransport } from './transport.ts';
import { createTurnQueue } from './turn-queue.ts';

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
  readonly clock: Pick<Clock, 'now' | 'soon'>;
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
  const open = new Set<ServedSocket>();
  const deflater = options.compress ? createDeflater(limits.compressBytes) : undefined;
  const agreements = createDeflateAgreements();
  /** By opcode; `deflated` for those that agreed to it. */
  const framers = {
    text: { plain: createFramer(1), deflated: createFramer(1, deflater) },
    binary: { plain: createFramer(2), deflated: createFramer(2, deflater) },
  };
  const webSocketOptions = {
    noServer: true,
    WebSocket: ServedSocket,
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

  const upgrades = createTurnQueue(options.clock, limits.waitingUpgrades);
  const starts = createTurnQueue(options.clock);
  const ends = createTurnQueue(options.clock);
  const closed = (webSocket: ServedSocket): void => {
    open.delete(webSocket);
    counts.closed(webSocket.address);
  };
  const events = createEvents(closed, createSessionStarts(starts), options);
  const endWithPeer = createPeerEnds(ends);

  const admit = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const address = counts.addressOf(request);
    const { endpoint, token, isSoft, subscribe } = checkUpgrade(request, address);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', ignore);
      stopAtFirstError(webSocket);
      endWithPeer(socket);
      webSocket.address = address;
      open.add(webSocket);
      counts.opened(address);
      webSocket.events = events;
      if (isSoft) refuseSoftly(webSocket, endpoint, counts.retryAfterMs());
      else {
        const { plain, deflated } = framers[isBinaryEndpoint(endpoint) ? 'binary' : 'text'];
        const framer = agreements.has(request) ? deflated : plain;
        webSocket.transport = new WebSocketTransport(webSocket, socket, framer, address);
        attach(webSocket, webSocket.transport, { endpoint, token, subscribe });
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
    webSocket: ServedSocket,
    plain: WebSocketTransport,
    { endpoint, token, subscribe }: Asked,
  ): void => {
    const transport =
      subscribe === null ? plain : afterFirstWrite(plain, () => connection.receive(subscribe));
    const connection = hub.connect(endpoint, transport, token);
    webSocket.connection = connection;
  };

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', ignore);
    const isQueued = upgrades.push(() => {
      try {
        admit(request, socket, head);
      } catch (error) {
        refuse(socket, error);
      }
    });
    if (!isQueued) refuse(socket, new HttpProblem('full', { retryAfterMs: counts.retryAfterMs() }));
  });

  function refuse(socket: Duplex, error: unknown): void {
    const known = problemOf(error);
    if (known === undefined) options.log.error({ err: error }, 'upgrade failed');
    const problem = known ?? new HttpProblem('internal');
    options.problems.add(problem);
    socket.end(httpAnswer(problem), () => {
      socket.destroy();
    });
  }

  return {
    connections: () => counts.total(),
    terminate() {
      upgrades.close();
      starts.close();
      ends.close();
      for (const webSocket of open) webSocket.terminate();
    },
  };
}

const ignore = (): void => undefined;

/** `closed`: the socket is gone. */
function createEvents(
  closed: (socket: ServedSocket) => void,
  starts: SessionStarts,
  { limits, log }: Pick<WebSocketOptions, 'limits' | 'log'>,
): SocketEvents {
  return {
    message: (socket, data, isBinary) => starts.message(socket, data, isBinary),
    ping(socket, data) {
      const { transport } = socket;
      if (transport !== null && transport.waitingBytes < limits.pongBacklogBytes) socket.pong(data);
    },
    pong({ connection }) {
      connection?.ponged();
    },
    close(socket, code) {
      closed(socket);
      starts.finish(socket);
      socket.connection?.closed(code);
    },
    error({ address }, error) {
      // `ws` closes the connection with the fitting code after it; 'close' follows.
      log.debug({ err: error, remoteAddress: address }, 'WebSocket broke the protocol');
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
  webSocket.send(isBinaryEndpoint(endpoint) ? pack(error) : JSON.stringify(error));
  webSocket.close(CLOSE_CODES.overloaded.code, CLOSE_CODES.overloaded.message);
}
