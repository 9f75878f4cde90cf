import type { LineStatusDocument } from '@ms5/client';
import { useText } from '../text/text.tsx';
import { type Look, LOOK_STYLES } from '../theme/states.ts';
import { Age } from './elapsed.tsx';
import classes from './state-band.module.css';

interface StateBandProps {
  readonly look: Look | null;
  readonly state: LineStatusDocument['state'] | undefined;
  readonly contact: LineStatusDocument['contact'] | undefined;
  readonly size?: 'normal' | 'large';
}

/** The state in one glance: icon, word, how long; filled with saturated colour only when abnormal. */
export function StateBand({ look, state, contact, size = 'normal' }: StateBandProps) {
  const { t } = useText();
  if (look === null || state === undefined) {
    return (
      <div className={classes['band']} data-tone="quiet" data-size={size}>
        <span className={classes['word']}>{t.status.notReceived}</span>
      </div>
    );
  }
  const { icon: Icon, tone } = LOOK_STYLES[look];
  const since = sinceOf(look, state, contact);
  return (
    <div className={classes['band']} data-tone={tone} data-look={look} data-size={size}>
      <span className={classes['plate']}>
        <Icon aria-hidden className={classes['icon']} stroke={2.2} />
        <span className={classes['words']}>
          <span className={classes['word']} data-testid="state-word">
            {t.state[look]}
          </span>
          {since !== null && (
            <span className={classes['since']}>
              <Age since={since} />
            </span>
          )}
        </span>
      </span>
    </div>
  );
}

/** A silent machine has been silent since it was last heard, whatever its last state was. */
function sinceOf(
  look: Look,
  state: LineStatusDocument['state'],
  contact: LineStatusDocument['contact'] | undefined,
): number | null {
  if (look !== 'silent') return state.since;
  return contact?.lastAt ?? null;
}
