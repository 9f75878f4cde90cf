import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDurationMs } from '../config/duration.ts';
import type { LogLevel } from '../gateway/log.ts';
import { serverVersion } from '../gateway/version.ts';

// Each command's code is imported when it runs: `ms5 check` loads no server, `ms5 serve` no simulator.

const EXIT_CODES = `
Exit codes:
  0  done
  1  something failed while running (the message says what)
  2  wrong use or configuration: command line, plant file, data directory, port`;

/** The `ms5` command. Throws a `CommanderError` for wrong use, after printing what is wrong. */
export function createProgram(): Command {
  const program = new Command('ms5')
    .description(
      'Real-time factory floor: machine data and andon calls become durable events, figures and live screens.',
    )
    .version(serverVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showHelpAfterError('(add --help for the options and examples)')
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', PROGRAM_HELP);
  addServe(program);
  addDemo(program);
  addCheck(program);
  addToken(program);
  addReplay(program);
  addRebuild(program);
  addOee(program);
  addPassword(program);
  addWebhook(program);
  addNotify(program);
  addEscalation(program);
  return program;
}

const PROGRAM_HELP = `
Examples:
  ms5 demo                                   a whole factory, simulated, with its dashboard
  ms5 check plant.yaml                       is this plant file right, and if not, where
  ms5 serve --plant plant.yaml               run a plant
  ms5 token --user press-7 --role device     a token for a machine that posts observations

Files:
  the plant file     everything about the site: areas, lines, equipment, shifts, connectors, users
  the data directory the event log (SQLite), snapshots, and token.key, which signs logins; back it up whole

Environment:
  MS5_JWT_SECRET     key that signs tokens (32 bytes or more), instead of token.key in the data directory
${EXIT_CODES}`;

function addServe(program: Command): void {
  program
    .command('serve')
    .summary('run a plant')
    .description(
      'Runs a plant: takes machine data in, keeps the event log, serves API, live connections and dashboard.\n' +
        'Stops on Ctrl-C or SIGTERM without losing anything accepted; a second signal stops it at once.',
    )
    .option('--plant <file>', 'the plant file (YAML)', 'plant.yaml')
    .option('--data <dir>', 'the data directory, made when absent', '.ms5/data')
    .addOption(portOption())
    .option('--host <address>', 'address to listen on; 127.0.0.1 for this machine only', '0.0.0.0')
    .option('--allow-origin <origin...>', 'pages of these origins may also connect, as https://host:port')
    .option('--trusted-proxy <network...>', 'proxies whose X-Forwarded-For is believed, as 10.0.0.0/8')
    .option('--sessions-per-user <count>', 'live connections one user may have', parseCount, 50)
    .option('--jwks <url>', 'also take tokens signed by the keys of this JSON Web Key Set')
    .option('--jwt-issuer <text>', 'issuer that such tokens must name')
    .option('--jwt-audience <text>', 'audience that such tokens must name')
    .option('--jwt-user-claim <path>', 'claim that holds the user id (default: sub)')
    .option('--jwt-roles-claim <path>', 'claim that holds the roles, as realm_access.roles (default: roles)')
    .option('--dashboard <dir>', 'the built dashboard, instead of the one that comes along')
    .option(
      '--plugin <plugin>',
      'load a plugin: a file, a package, webhook, or notify; may be repeated',
      collect,
    )
    .option('--plugin-config <file>', 'load the plugins of this YAML file, with their configuration')
    .option('--compress', 'compress large messages for clients that ask for it: less network, more processor')
    .option('--keep-facts <time>', 'how long what machines said is kept in history, as 400d', parseTime)
    .option('--keep-telemetry <time>', 'how long telemetry is kept by minute, as 14d', parseTime)
    .option('--keep-telemetry-hours <time>', 'how long telemetry is kept by hour, as 730d', parseTime)
    .option('--health-config <file>', 'thresholds of alerts and of load shedding (YAML)')
    .addOption(
      new Option('--log-level <level>', 'what to log, as JSON lines on standard error')
        .choices(['silent', 'error', 'warn', 'info', 'debug'])
        .default('info'),
    )
    .addHelpText(
      'after',
      `
Examples:
  ms5 serve --plant plants/works.yaml --data /var/lib/ms5
  ms5 serve --plant plant.yaml --host 127.0.0.1 --port 9000
  ms5 serve --allow-origin https://screens.example.com
  ms5 serve --trusted-proxy 10.0.0.0/8 --jwks https://login.example.com/keys \\
            --jwt-issuer https://login.example.com --jwt-audience ms5
  ms5 serve --plugin ./guard.ts --plugin-config plugins.yaml

Addresses:
  /                 the dashboard
  /api/v1/…         the API (bearer token)
  /ws               live connections (WebSocket)
  /healthz /readyz  for supervisors and balancers
  /metrics          for Prometheus (this machine, or bearer token)
${EXIT_CODES}`,
    )
    .action(async (options: ServeOptions) => {
      const { serve } = await import('./serve.ts');
      await serve(options);
    });
}

export interface ServeOptions {
  readonly plant: string;
  readonly data: string;
  readonly port: number;
  readonly host: string;
  readonly allowOrigin?: readonly string[];
  readonly trustedProxy?: readonly string[];
  readonly sessionsPerUser: number;
  readonly jwks?: string;
  readonly jwtIssuer?: string;
  readonly jwtAudience?: string;
  readonly jwtUserClaim?: string;
  readonly jwtRolesClaim?: string;
  readonly dashboard?: string;
  readonly compress?: boolean;
  readonly healthConfig?: string;
  /** Ms. */
  readonly keepFacts?: number;
  readonly keepTelemetry?: number;
  readonly keepTelemetryHours?: number;
  readonly plugin?: readonly string[];
  readonly pluginConfig?: string;
  readonly logLevel: LogLevel;
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .summary('a whole factory, simulated')
    .description(
      'Runs the product on a virtual plant: eight lines of different character with their people, and a recorded\n' +
        'Okuma mill-turn machine played over its real protocol. What happened is kept, and continued at the next start.',
    )
    .addOption(portOption())
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--data <dir>', 'the data directory; delete it to start afresh', '.ms5/demo')
    .option('--speed <factor>', 'how fast the recording of the Okuma is played', parsePositive, 1)
    .addHelpText(
      'after',
      `
Examples:
  ms5 demo                     then open the address it prints, and log in with what it prints
  ms5 demo --port 9000
  ms5 demo --host 0.0.0.0      let other devices on this network open it, for example a tablet

The logins have one password, made at the first start and kept in <data>/demo.password.
${EXIT_CODES}`,
    )
    .action(async (options: DemoOptions) => {
      const { demo } = await import('./demo.ts');
      await demo(options);
    });
}

export interface DemoOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly speed: number;
}

function addCheck(program: Command): void {
  program
    .command('check')
    .summary('check a plant file')
    .description(
      'Reads a plant file and says what is in it, or everything that is wrong with it, by file, line and path.\n' +
        'Plugins, when named, are loaded and their configuration is checked, but they are not run.',
    )
    .argument('<file>', 'the plant file (YAML)')
    .option('--plugin <plugin>', 'also check this plugin; may be repeated', collect)
    .option('--plugin-config <file>', 'also check the plugins of this file')
    .addHelpText(
      'after',
      `
Examples:
  ms5 check plant.yaml
  ms5 check plant.yaml && ms5 serve --plant plant.yaml
  ms5 check plant.yaml --plugin-config plugins.yaml
${EXIT_CODES}`,
    )
    .action(async (file: string, options: CheckOptions) => {
      const { check } = await import('./check.ts');
      await check(file, options);
    });
}

function addToken(program: Command): void {
  program
    .command('token')
    .summary('print a token for a user or a machine')
    .description(
      'Prints a signed token for the API and the live connection. It is valid on every server that has the same\n' +
        'key: that of the data directory, or MS5_JWT_SECRET. Whoever has the token has its roles until it expires.',
    )
    .requiredOption('--user <id>', 'whom the token speaks for')
    .option('--role <role...>', 'viewer, operator, lead, manager, engineer, admin or device', ['viewer'])
    .option('--name <name>', 'name shown to people (default: the id)')
    .option('--expires <duration>', 'how long it is valid, as 30s, 8h, 90d', '8h')
    .option('--data <dir>', 'the data directory of the server', '.ms5/data')
    .addHelpText(
      'after',
      `
Examples:
  ms5 token --user press-7 --role device --expires 365d --data /var/lib/ms5
  curl -H "Authorization: Bearer $(ms5 token --user me --role viewer)" http://localhost:8080/api/v1/plant
${EXIT_CODES}`,
    )
    .action(async (options: TokenOptions) => {
      const { token } = await import('./token.ts');
      await token(options);
    });
}

export interface TokenOptions {
  readonly user: string;
  readonly role: readonly string[];
  readonly name?: string;
  readonly expires: string;
  readonly data: string;
}

function addReplay(program: Command): void {
  program
    .command('replay')
    .summary('run a recorded machine through the engine')
    .description(
      'Runs a recording (MTConnect SHDR lines) through the whole engine as fast as it can, and prints what was found:\n' +
        'program cycles, parts inside them, parts made unobserved, time per execution state, lines that could not be read.\n' +
        'Everything is placed by event time, whatever the order of the file. Nothing is stored.',
    )
    .argument('<file>', 'the recording')
    .option(
      '--plant <file>',
      'plant whose connector says how to read it (default: one for the Okuma that comes along)',
    )
    .option('--equipment <path>', 'which equipment of the plant it is, as area/line/equipment')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  ms5 replay recordings/okuma_shdr_2022-08-08.txt
  ms5 replay mill.txt --plant plant.yaml --equipment machining/mill/mill --json
${EXIT_CODES}`,
    )
    .action(async (file: string, options: ReplayOptions) => {
      const { replay } = await import('./replay.ts');
      await replay(file, options);
    });
}

export interface ReplayOptions {
  readonly plant?: string;
  readonly equipment?: string;
  readonly json?: true;
}

function addOee(program: Command): void {
  program
    .command('oee')
    .summary('compute OEE figures from a file')
    .description(
      'Computes OEE and the figures beside it (ISO 22400-2) from a JSON or CSV file with the code the engine uses,\n' +
        'and prints JSON. A figure that cannot be known is null, with the reason in `why`, never a default.',
    )
    .argument('<file>', 'the input (JSON, or CSV with --csv), or - for standard input')
    .option('--csv', 'the input is CSV: a header, then one observation per line')
    .option('--settings <file>', 'with --csv: the other fields of the input, as JSON')
    .option('--table', 'print a table for people')
    .addHelpText('after', `\n${OEE_HELP}\n${EXIT_CODES}`)
    .action(async (file: string, options: OeeOptions) => {
      const { oee } = await import('./oee.ts');
      await oee(file, options);
    });
}

const OEE_HELP = `Fields of the input (instants: ISO 8601 with zone, or ms since the epoch; durations: ms):
  window           {from, to}: what to judge
  products         {id: {idealCycleMs}}: ideal time per unit; left out: performance is not known
  observations     [{at, state?, reason?, product?, good?, scrap?, rework?, counter?, rejectCounter?}]
                   state: running, stopped, idle, setup, blocked, starved, notScheduled, unknown, or PackML;
                   state and product hold until changed; good, scrap, rework are increments, counters totals
  planned          [{from, to}]: planned time; left out: the whole window
  breaks, plannedDowntime   [{from, to}]
  minorStopMs      shorter stops are minor (default 0: none is)
  minorStopsCount  "performance" (default) or "availability"
  reasons          {code: {loss, failure}}
  assumeQuality    true: quality is 1 where nothing tells of rejects
  startupMs        scrap so long after setup is startup loss
  minCoverage      0 to 1 (default 1): share of known running time and parts below which a figure is withheld
  failureDivisor   "failures" (default) or "failuresPlusOne", for mtbfMs

Several equipment: a list of such objects, each with "equipment"; prints {equipment, rollup}.
A line: {"line": {"constraint": "filler"}, "equipment": [... in the order parts take]}; prints {equipment, line}.
CSV: the columns are the fields of an observation, and equipment where there are several; an empty field says
nothing, the product null is no order. Without a window in the settings: from the first observation to the last.

Example (OEE 0.245833):
  {"window": {"from": "2026-01-05T00:00:00Z", "to": "2026-01-05T08:00:00Z"},
   "products": {"p": {"idealCycleMs": 30000}},
   "observations": [
     {"at": "2026-01-05T00:00:00Z", "state": "running", "product": "p", "counter": 1200, "rejectCounter": 10},
     {"at": "2026-01-05T02:00:00Z", "state": "stopped"},
     {"at": "2026-01-05T03:00:00Z", "state": "running"},
     {"at": "2026-01-05T04:00:00Z", "state": "idle", "counter": 1440, "rejectCounter": 14}]}

  ms5 oee shift.json
  ms5 oee --table shift.json
  ms5 oee --csv --settings products.json shift.csv
  generate-shift | ms5 oee -`;

export interface OeeOptions {
  readonly csv?: true;
  readonly settings?: string;
  readonly table?: true;
}

function addPassword(program: Command): void {
  program
    .command('password')
    .summary('hash a password for the plant file')
    .description(
      'Reads a password from standard input and prints its hash (scrypt) for the field `password` of a user in the\n' +
        'plant file. On a terminal it is asked for twice and not shown.',
    )
    .addHelpText(
      'after',
      `
Examples:
  ms5 password
  printf %s "$PASSWORD" | ms5 password
${EXIT_CODES}`,
    )
    .action(async () => {
      const { password } = await import('./password.ts');
      await password();
    });
}

function addWebhook(program: Command): void {
  const webhook = program
    .command('webhook')
    .summary('dead letters of the webhook plugin')
    .description(
      'Lists and re-sends events that could not be delivered to a webhook endpoint. May be used while the server\n' +
        'runs; a running server re-sends within seconds, another at its next start.',
    )
    .addHelpText(
      'after',
      `
Examples:
  ms5 webhook dead-letters --data /var/lib/ms5
  ms5 webhook resend --all --endpoint maintenance
  ms5 webhook resend 5f0c…_1042_0
${EXIT_CODES}`,
    );
  webhook
    .command('dead-letters')
    .summary('list them')
    .option('--data <dir>', 'the data directory of the server', '.ms5/data')
    .option('--endpoint <id>', 'of this endpoint only')
    .option('--json', 'print JSON, with the bodies')
    .action(async (options: DeadLetterOptions) => {
      const { deadLetters } = await import('./webhook.ts');
      deadLetters(options);
    });
  webhook
    .command('resend')
    .summary('send them again')
    .argument('[message...]', 'ids of the messages, as dead-letters lists them')
    .option('--data <dir>', 'the data directory of the server', '.ms5/data')
    .option('--endpoint <id>', 'of this endpoint only')
    .option('--all', 'all of them')
    .action(async (messages: readonly string[], options: ResendOptions) => {
      const { resend } = await import('./webhook.ts');
      resend(messages, options);
    });
}

function addNotify(program: Command): void {
  const notify = program
    .command('notify')
    .summary('dead letters of the notify plugin')
    .description(
      'Lists and re-sends notifications of escalations that could not be sent. May be used while the server runs.',
    )
    .addHelpText(
      'after',
      `
Examples:
  ms5 notify dead-letters --data /var/lib/ms5
  ms5 notify resend --all
${EXIT_CODES}`,
    );
  notify
    .command('dead-letters')
    .summary('list them')
    .option('--data <dir>', 'the data directory of the server', '.ms5/data')
    .option('--json', 'print JSON')
    .action(async (options: NotifyLettersOptions) => {
      const { notifyDeadLetters } = await import('./notify.ts');
      notifyDeadLetters(options);
    });
  notify
    .command('resend')
    .summary('send them again')
    .argument('[letter...]', 'ids, as dead-letters lists them')
    .option('--data <dir>', 'the data directory of the server', '.ms5/data')
    .option('--all', 'all of them')
    .action(async (ids: readonly string[], options: NotifyResendOptions) => {
      const { notifyResend } = await import('./notify.ts');
      notifyResend(ids, options);
    });
}

export interface NotifyLettersOptions {
  readonly data: string;
  readonly json?: true;
}

export interface NotifyResendOptions {
  readonly data: string;
  readonly all?: true;
}

function addEscalation(program: Command): void {
  const escalation = program
    .command('escalation')
    .summary('try escalation policies on past calls')
    .description('Tools for the escalation policies of a plant file.');
  escalation
    .command('simulate')
    .summary('past calls under proposed policies')
    .description(
      'Lets the calls of a data directory happen again, with what people did to them, under the policies of a plant\n' +
        'file: messages per person and hour, time until somebody is told, calls of which nobody is, levels and hours\n' +
        'with nobody on call. Nothing is sent or written; the server may run.',
    )
    .requiredOption('--plant <file>', 'the plant file with the proposed policies')
    .option('--data <dir>', 'the data directory with the past calls', '.ms5/data')
    .option(
      '--from <instant>',
      'calls received from then on, as 2026-03-01T06:00:00+01:00 (default: the first)',
    )
    .option('--to <instant>', 'and before then (default: the last)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  ms5 escalation simulate --plant proposed.yaml --data /var/lib/ms5
  ms5 escalation simulate --plant proposed.yaml --from 2026-03-01T00:00:00Z --to 2026-04-01T00:00:00Z --json
${EXIT_CODES}`,
    )
    .action(async (options: SimulateOptions) => {
      const { simulate } = await import('./escalation.ts');
      await simulate(options);
    });
}

export interface SimulateOptions {
  readonly plant: string;
  readonly data: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
}

export interface CheckOptions {
  readonly plugin?: readonly string[] | undefined;
  readonly pluginConfig?: string | undefined;
}

function addRebuild(program: Command): void {
  program
    .command('rebuild')
    .summary('make history anew from the log')
    .description(
      'Makes history anew from the event log: what the API answers about the past. The server of this data\n' +
        'directory must be stopped. The old history is replaced when the new one is whole; telemetry is kept.',
    )
    .option('--data <dir>', 'the data directory', '.ms5/data')
    .addHelpText(
      'after',
      `
Examples:
  ms5 rebuild --data /var/lib/ms5
${EXIT_CODES}`,
    )
    .action(async (options: RebuildOptions) => {
      const { rebuild } = await import('./rebuild.ts');
      rebuild(options);
    });
}

export interface RebuildOptions {
  readonly data: string;
}

export interface DeadLetterOptions {
  readonly data: string;
  readonly endpoint?: string;
  readonly json?: true;
}

export interface ResendOptions {
  readonly data: string;
  readonly endpoint?: string;
  readonly all?: true;
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function portOption(): Option {
  return new Option('--port <number>', 'port to listen on; 0: any free one')
    .argParser(parsePort)
    .default(8080);
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
}

function parseCount(text: string): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (count > 0) return count;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}

function parseTime(text: string): number {
  const timeMs = parseDurationMs(text);
  if (timeMs !== undefined && timeMs > 0) return timeMs;
  throw new InvalidArgumentError('Expected a time such as 14d or 36h.');
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}
