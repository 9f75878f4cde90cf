import type { ReactNode } from 'react';
import { useText } from '../../text/text.tsx';
import classes from './cut-off.module.css';
import { useLiveness } from './liveness-provider.tsx';

/** Lies over everything that is data while the screen is cut off: coarse hatching, colours drained. */
export function CutOff({ children }: { readonly children: ReactNode }) {
  const { t } = useText();
  const liveness = useLiveness();
  const cut = liveness.kind === 'cut' || liveness.kind === 'never';
  return (
    <div className={classes['content']} data-cut={cut || undefined} data-testid="content">
      {children}
      <span role="status" className="visually-hidden">
        {liveness.kind === 'live' ? t.connection.liveDetail : ''}
      </span>
    </div>
  );
}
