import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeCommand } from '../measure/child.ts';
import { repositoryPath } from '../../test/support/paths.ts';
import { MEMORY_LIMIT, startBenchServer } from './node-peers.ts';
import type { Peer } from './peer.ts';

/**
 * Peers from npm are installed outside the repository, once: they are measured against and no part of the product.
 * Without a network they are absent.
 */
const directory = process.env['BENCH_PEERS'] ?? join(tmpdir(), 'ms5-bench-peers');
const PACKAGES = ['bun@1', 'socket.io@4'];
const INSTALL_LIMIT_MS = 180_000;

/** Installs what is missing; says what it does. */
export function installNpmPeers(say: (text: string) => void): void {
  process.env['BENCH_PEERS'] = directory;
  if (
    existsSync(join(directory, 'node_modules/bun')) &&
    existsSync(join(directory, 'node_modules/socket.io'))
  )
    return;
  say(`installing ${PACKAGES.join(', ')} to ${directory} ...`);
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'package.json'), '{"private":true}\n');
    const parameters = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...PACKAGES];
    execFileSync('npm', parameters, { cwd: directory, timeout: INSTALL_LIMIT_MS, stdio: 'ignore' });
  } catch {
    say('could not install them: they will be absent from the table');
  }
}

function versionOf(name: string): string | undefined {
  try {
    const file = join(directory, 'node_modules', name, 'package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
}

/** Bun's program lies in a package by platform; its installation script moves it. */
function bunProgram(): string | undefined {
  const places = [
    'bun/bin/bun.exe',
    ...[`linux-${process.arch}`, `darwin-${process.arch}`].map((platform) => `@oven/bun-${platform}/bin/bun`),
  ].map((place) => join(directory, 'node_modules', place));
  return places.find((place) => existsSync(place) && statSync(place).size > MIN_PROGRAM_BYTES);
}

/** Smaller, and it is a note that the installation script was not run. */
const MIN_PROGRAM_BYTES = 1_000_000;

export function uWebSocketsPeer(): Peer {
  const program = bunProgram();
  const version = versionOf('bun');
  return {
    name: 'uWebSockets (Bun publish)',
    found:
      program === undefined || version === undefined
        ? { absent: 'the npm package bun could not be installed' }
        : { version: `Bun ${version}` },
    start: () =>
      startBenchServer(
        [program ?? 'bun', 'run', repositoryPath('bench/processes/uws-bun.ts')],
        ({ port }, count) => ({ dialect: 'frames', port, count }),
      ),
  };
}

export function socketIoPeer(): Peer {
  const version = versionOf('socket.io');
  return {
    name: 'Socket.IO',
    found: version === undefined ? { absent: 'the npm package could not be installed' } : { version },
    start: () =>
      startBenchServer(nodeCommand('socket-io.ts', MEMORY_LIMIT), ({ port }, count) => ({
        dialect: 'socket.io',
        port,
        count,
      })),
  };
}
