import { type ReactNode, useEffect, useRef } from 'react';
import { NavigationType, useNavigationType } from 'react-router';

interface MainRegionProps {
  readonly className?: string | undefined;
  readonly testId?: string;
  readonly children: ReactNode;
}

/** The screen itself. After a link was followed it starts at its top, with the focus, so that it is read out. */
export function MainRegion({ className, testId, children }: MainRegionProps) {
  const ref = useRef<HTMLElement>(null);
  const followed = useNavigationType() === NavigationType.Push;
  useEffect(() => {
    if (!followed) return;
    ref.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [followed]);
  return (
    <main id="main" ref={ref} tabIndex={-1} className={className} data-testid={testId}>
      {children}
    </main>
  );
}
