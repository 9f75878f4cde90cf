/** What a person can see of the page, and time. */
export interface ScreenPort {
  /**
   * Tells whenever it changes, and soon after the start, whether somebody can see the element: half of it, or as much
   * as half the view, in a document in the foreground. Returns its end.
   */
  watch(element: Element, onChange: (isSeen: boolean) => void): () => void;
  /** Calls `task` once after `delayMs`; the returned function cancels it, and may be called again. */
  after(delayMs: number, task: () => void): () => void;
}

const HALF = 0.5;

const isInView = ({
  isIntersecting,
  intersectionRatio,
  intersectionRect,
  rootBounds,
}: IntersectionObserverEntry): boolean =>
  isIntersecting &&
  (intersectionRatio >= HALF || (rootBounds !== null && intersectionRect.height >= rootBounds.height * HALF));

/** The browser's. Where there is none (React Native, servers) nothing is ever seen. */
export const systemScreen: ScreenPort = {
  watch(element, onChange) {
    if (typeof IntersectionObserver === 'undefined') return () => {};
    let inView = false;
    let wasSeen = false;
    const tell = (): void => {
      const isSeen = inView && document.visibilityState === 'visible';
      if (isSeen !== wasSeen) onChange(isSeen);
      wasSeen = isSeen;
    };
    const observer = new IntersectionObserver(
      (entries) => {
        const newest = entries.at(-1);
        if (newest !== undefined) inView = isInView(newest);
        tell();
      },
      { threshold: [0, 0.25, HALF, 0.75, 1] },
    );
    observer.observe(element);
    document.addEventListener('visibilitychange', tell);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', tell);
    };
  },
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
