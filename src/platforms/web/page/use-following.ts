import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Pixels from the end at which the view still counts as being there. */
const NEAR = 80;

/**
 * Keeps the view at the end while it is there, whatever grows: messages, pictures, the window.
 * @param last the newest message; undefined where there is none, and nothing to follow: a page is
 *   read from its beginning.
 */
export function useFollowing(last: string | undefined) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const top = useRef(0);
  /** Something was said below what is in view. */
  const [unread, setUnread] = useState(false);
  const wanted = last !== undefined;

  const look = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = scroller.current!;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    // Only who scrolls up stops following: at the end more may have grown since.
    following.current = near || (following.current && scrollTop >= top.current);
    top.current = scrollTop;
    if (following.current) setUnread(false);
  };
  const toEnd = (behavior: ScrollBehavior): void => {
    following.current = true;
    const { scrollHeight } = scroller.current!;
    scroller.current!.scrollTo({ top: scrollHeight, behavior });
  };

  useEffect(() => {
    if (!wanted) return;
    const view = scroller.current!;
    toEnd('instant');
    const grown = new ResizeObserver(() => {
      look();
      if (following.current) toEnd('instant');
    });
    view.addEventListener('scroll', look, { passive: true });
    grown.observe(view);
    grown.observe(content.current!);
    return () => {
      view.removeEventListener('scroll', look);
      grown.disconnect();
    };
  }, [wanted]);

  useLayoutEffect(() => {
    look();
    if (wanted && !following.current) setUnread(true);
  }, [last]);

  return { scroller, content, unread, toEnd };
}
