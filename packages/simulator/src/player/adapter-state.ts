import type { Entry } from './recording.ts';

const CONDITION_LEVELS = new Set(['NORMAL', 'WARNING', 'FAULT', 'UNAVAILABLE']);
/** `key|level|code|severity|qualifier|text`, MTConnect SHDR conditions stand alone on a line. */
const CONDITION_FIELDS = 6;

/**
 * What an adapter tells a client that has just connected: the latest value of every key, every active condition
 * and every asset. Each carries the stamp it was sent with, so a client that joins late hears when a thing
 * became so, not when it asked.
 */
export interface AdapterState {
  /** Takes in an entry as it is sent; `stamp` is the timestamp it is sent with. */
  apply(entry: Entry, stamp: string): void;
  /** A new recording begins with its own dump: nothing said before it stands any more. */
  clear(): void;
  /** The lines for a new client, oldest stamp first. */
  lines(): string[];
}

export function createAdapterState(): AdapterState {
  const values = new Map<string, { readonly stamp: string; readonly value: string }>();
  const conditions = new Map<string, Map<string, string>>();
  const assets = new Map<string, { readonly type: string; readonly line: string }>();

  const applyValues = (text: string, stamp: string) => {
    const fields = text.split('|');
    const [key = '', level = '', code = ''] = fields;
    if (fields.length === CONDITION_FIELDS && CONDITION_LEVELS.has(level)) {
      applyCondition(conditions, { key, level, code, line: `${stamp}|${text}` });
      return;
    }
    for (let index = 0; index + 1 < fields.length; index += 2) {
      values.set(fields[index] ?? '', { stamp, value: fields[index + 1] ?? '' });
    }
  };

  const applyAsset = (text: string, stamp: string) => {
    const [verb, id = '', type = ''] = text.split('\n', 1)[0]?.split('|') ?? [];
    if (verb === '@ASSET@') assets.set(id, { type, line: `${stamp}|${text}` });
    else if (verb === '@REMOVE_ASSET@') assets.delete(id);
    else if (verb === '@REMOVE_ALL_ASSETS@') {
      for (const [assetId, asset] of assets) if (asset.type === id) assets.delete(assetId);
    }
  };

  return {
    apply(entry, stamp) {
      if (entry.kind === 'values') applyValues(entry.text, stamp);
      else if (entry.kind === 'asset') applyAsset(entry.text, stamp);
    },
    clear() {
      values.clear();
      conditions.clear();
      assets.clear();
    },
    lines() {
      const byStamp = new Map<string, string>();
      for (const [key, { stamp, value }] of values) {
        byStamp.set(stamp, `${byStamp.get(stamp) ?? stamp}|${key}|${value}`);
      }
      const stamps = [...byStamp.keys()].sort();
      return [
        ...stamps.map((stamp) => byStamp.get(stamp) ?? ''),
        ...[...conditions.values()].flatMap((active) => Array.from(active.values())),
        ...[...assets.values()].map((asset) => asset.line),
      ];
    },
  };
}

/** NORMAL without a code ends all conditions of the key, with one that condition; UNAVAILABLE replaces all. */
function applyCondition(
  conditions: Map<string, Map<string, string>>,
  said: { readonly key: string; readonly level: string; readonly code: string; readonly line: string },
): void {
  const active = conditions.get(said.key) ?? new Map<string, string>();
  conditions.set(said.key, active);
  if (said.level === 'UNAVAILABLE' || (said.level === 'NORMAL' && said.code === '')) active.clear();
  else active.delete('');
  if (said.level === 'NORMAL' && said.code !== '') active.delete(said.code);
  if (said.level !== 'NORMAL' || said.code === '') {
    active.set(said.code, said.line);
  }
}
