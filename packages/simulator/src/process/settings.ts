import { isTokens, readUrl, type TokenSet } from './token-set.ts';

export interface PlayerSettings {
  readonly file: string;
  readonly port: number;
  readonly speed: number | 'max';
  readonly timestamps: 'original' | 'shifted';
  readonly loop: boolean;
}
export interface Settings {
  readonly player: PlayerSettings | null;
  readonly tokens: TokenSet;
  readonly seed: string;
  readonly history: boolean;
}
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment (`main.ts` describes it); an empty variable counts as unset. */
export function readSettings(environment: Environment): SettingsResult {
  try {
    const value = (name: string) => (environment[name] === '' ? undefined : environment[name]);
    const file = value('MS5_PLAYER_FILE');
    const player: PlayerSettings | null =
      file === undefined
        ? null
        : {
            file,
            port: readPort(value('MS5_PLAYER_PORT')),
            speed: readSpeed(value('MS5_SPEED')),
            timestamps: readTimestamps(value('MS5_PLAYER_TIMESTAMPS')),
            loop: value('MS5_PLAYER_LOOP') !== '0',
          };
    const tokens: TokenSet = {
      url: readUrl(value('MS5_URL')),
      device: value('MS5_DEVICE_TOKEN'),
      operator: value('MS5_OPERATOR_TOKEN'),
      people: readPeople(value('MS5_PEOPLE_TOKENS')),
    };
    const seed = value('MS5_SEED') ?? 'demo';
    return { ok: true, settings: { player, tokens, seed, history: value('MS5_HISTORY') !== '0' } };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function readPort(text = '0'): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`MS5_PLAYER_PORT: expected a port from 0 to 65535, found "${text}"`);
}

function readSpeed(text = '1'): number | 'max' {
  if (text === 'max') return 'max';
  const speed = Number(text);
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new Error(`MS5_SPEED: expected a number above 0 or "max", found "${text}"`);
}

function readTimestamps(text = 'shifted'): 'original' | 'shifted' {
  if (text === 'original' || text === 'shifted') return text;
  throw new Error(`MS5_PLAYER_TIMESTAMPS: expected "shifted" or "original", found "${text}"`);
}

function readPeople(text = '{}'): Readonly<Record<string, string>> {
  const value = parseJson(text);
  if (isTokens(value)) return value;
  throw new Error('MS5_PEOPLE_TOKENS: expected a JSON object of user ids and tokens');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
