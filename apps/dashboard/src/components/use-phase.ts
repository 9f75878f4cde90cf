import { type RefObject, useEffect, useRef } from 'react';

/** Puts the CSS animations of an element in phase with all others, so that a wall of calls flashes as one. */
export function usePhase<T extends Element>(active: boolean): RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => {
    if (!active) return;
    for (const animation of ref.current?.getAnimations({ subtree: true }) ?? []) animation.startTime = 0;
  }, [active]);
  return ref;
}
