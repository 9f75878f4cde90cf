import { type ReactNode, useId } from 'react';
import classes from './card.module.css';

interface CardProps {
  readonly title: string;
  /** Beside the title: a qualifier of the figures, an action. */
  readonly aside?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A titled region of a screen. */
export function Card({ title, aside, className, children }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`${classes['card']} ${className ?? ''}`}>
      <header className={classes['head']}>
        <h2 id={id} className={classes['title']}>
          {title}
        </h2>
        {aside !== undefined && <div className={classes['aside']}>{aside}</div>}
      </header>
      {children}
    </section>
  );
}
