import { CliError, systemCode } from './cli-error.ts';

/** Says in the user's words why the server cannot listen; any other error is returned as it is. */
export function listenError(
  error: unknown,
  command: string,
  { port, host }: { readonly port: number; readonly host: string },
): unknown {
  const other = port < 65_535 ? port + 1 : port - 1;
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return new CliError(`Port ${port} on ${host} is taken by another program.`, [
        `Stop that program, or choose another port: ms5 ${command} --port ${other}`,
      ]);
    case 'EACCES':
      return new CliError(`This user may not listen on port ${port}.`, [
        `Ports below 1024 need rights of their own. Choose another one: ms5 ${command} --port 8080`,
      ]);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CliError(`${host} is not an address of this machine.`, [
        'Give --host 127.0.0.1 for this machine only, or --host 0.0.0.0 for all its addresses.',
      ]);
    case undefined:
    default:
      return error;
  }
}

/** The address to open on this machine. */
export function addressForPeople(host: string, port: number): string {
  const isLocal = ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host);
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${isLocal ? 'localhost' : name}:${port}`;
}
