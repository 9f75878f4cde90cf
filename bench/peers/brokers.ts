import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';
import { until } from '../../test/support/until.ts';
import {
  commandExists,
  LOAD_CORE,
  nodeCommand,
  SERVER_CORE,
  startChild,
  startProcess,
} from '../measure/child.ts';
import type { DialectName } from '../load/dialect.ts';
import type { Peer, RunningPeer } from './peer.ts';

interface Broker {
  readonly protocol: 'nats' | 'mqtt' | 'nchan';
  readonly dialect: DialectName;
  readonly path?: string;
  /** Writes what it needs into the directory; the command that runs it in the foreground. */
  command(directory: string, publishPort: number, webSocketPort: number): readonly string[];
}

function isListening(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const probe = connect({ port, host: '127.0.0.1' }, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => resolve(undefined));
  });
}

async function startBroker(broker: Broker): Promise<RunningPeer> {
  const directory = mkdtempSync(join(tmpdir(), 'ms5-bench-broker-'));
  const publishPort = await freePort();
  const port = broker.protocol === 'nchan' ? publishPort : await freePort();
  const server = startProcess(SERVER_CORE, broker.command(directory, publishPort, port));
  server.child.stdout?.resume();
  await until(`${broker.protocol} listens: ${server.errors()}`, () => isListening(port), 10_000);
  const publisher = await startChild(LOAD_CORE, nodeCommand('publisher.ts'));
  await publisher.call('start', { protocol: broker.protocol, port: publishPort });
  return {
    serverPid: server.child.pid ?? 0,
    order: (count) => ({
      dialect: broker.dialect,
      port,
      count,
      ...(broker.path === undefined ? {} : { path: broker.path }),
    }),
    publish: (rate) => publisher.call('publish', { rate }),
    emitted: async () => (await publisher.call<{ readonly emitted: number }>('figures')).emitted,
    async stop() {
      await publisher.stop();
      server.child.kill('SIGKILL');
      await server.ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function write(directory: string, name: string, lines: readonly string[]): string {
  const file = join(directory, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function versionBy(command: string, parameter: string, pattern: RegExp): string {
  try {
    const output = execFileSync('sh', ['-c', `${command} ${parameter} 2>&1 || true`], { encoding: 'utf8' });
    return pattern.exec(output)?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

const nats: Broker = {
  protocol: 'nats',
  dialect: 'nats',
  command(directory, publishPort, webSocketPort) {
    const file = write(directory, 'nats.conf', [
      `listen: 127.0.0.1:${publishPort}`,
      `websocket { listen: "127.0.0.1:${webSocketPort}", no_tls: true }`,
    ]);
    return ['nats-server', '-c', file];
  },
};

const mosquitto: Broker = {
  protocol: 'mqtt',
  dialect: 'mqtt',
  command(directory, publishPort, webSocketPort) {
    const file = write(directory, 'mosquitto.conf', [
      `listener ${publishPort} 127.0.0.1`,
      `listener ${webSocketPort} 127.0.0.1`,
      'protocol websockets',
      'allow_anonymous true',
      'persistence false',
      'set_tcp_nodelay true',
      'max_queued_messages 0',
      'user root',
      'log_type error',
    ]);
    return ['mosquitto', '-c', file];
  },
};

const NCHAN_MODULE = '/usr/lib/nginx/modules/ngx_nchan_module.so';
const nchan: Broker = {
  protocol: 'nchan',
  dialect: 'frames',
  path: '/sub',
  command(directory, port) {
    const file = write(directory, 'nginx.conf', [
      `load_module ${NCHAN_MODULE};`,
      'daemon off; master_process off; user root; error_log stderr error;',
      `pid ${directory}/nginx.pid; worker_rlimit_nofile 20000;`,
      'events { worker_connections 15000; }',
      'http { access_log off; keepalive_requests 1000000000; nchan_shared_memory_size 512M;',
      `client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;`,
      `fastcgi_temp_path ${directory}/f; uwsgi_temp_path ${directory}/u; scgi_temp_path ${directory}/s;`,
      `server { listen 127.0.0.1:${port} backlog=4096;`,
      'location = /pub { nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 1000; }',
      'location = /sub { nchan_subscriber websocket; nchan_channel_id bench; nchan_subscriber_first_message newest; }',
      '} }',
    ]);
    return ['nginx', '-p', directory, '-c', file];
  },
};

function brokerPeer(name: string, broker: Broker, isInstalled: boolean, version: () => string): Peer {
  return {
    name,
    found: isInstalled ? { version: version() } : { absent: 'not installed' },
    start: () => startBroker(broker),
  };
}

export function brokerPeers(): readonly Peer[] {
  return [
    brokerPeer('nats-server, WebSocket', nats, commandExists('nats-server'), () =>
      versionBy('nats-server', '--version', /v([\d.]+)/),
    ),
    brokerPeer('mosquitto, WebSocket', mosquitto, commandExists('mosquitto'), () =>
      versionBy('mosquitto', '-h', /version ([\d.]+)/),
    ),
    brokerPeer('nginx nchan', nchan, commandExists('nginx') && existsSync(NCHAN_MODULE), () =>
      versionBy('nginx', '-v', /nginx\/([\d.]+)/),
    ),
  ];
}
