import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Pixels from the end at which the view still counts as being there. */
const NEAR = 80;
/** Pixels above what is read from its beginning. */
const ABOVE = 24;

/**
 * Keeps the view at the end while it is there, whatever grows: messages, pictures, the window.
 * What is said in one piece and is taller than the view is shown from its beginning.
 * @param last the newest message; undefined where there is none, and nothing to follow: a page is
 *   read from its beginning.
 * @param whole the newest message is there for reading: nobody's own line, no work that goes on.
 */
export function useFollowing(last: string | undefined, whole: boolean) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const top = useRef(0);
  const mark = useRef<Mark>(null);
  /** Something was said below what is in view. */
  const [unread, setUnread] = useState(false);
  const wanted = last !== undefined;

  const look = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = scroller.current!;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    // Only who scrolls up stops following: at the end more may have grown since. Where something
    // above has become smaller, what is in view stays where it was.
    const up = scrollTop < top.current && hasSunk(mark.current);
    following.current = near || (following.current && !up);
    top.current = scrollTop;
    mark.current = markOf(content.current?.lastElementChild);
    if (following.current) setUnread(false);
  };
  const toEnd = (behavior: ScrollBehavior): void => {
    following.current = true;
    const { scrollHeight } = scroller.current!;
    scroller.current!.scrollTo({ top: scrollHeight, behavior });
  };

  const toNewest = (behavior: ScrollBehavior): void => {
    const view = scroller.current!;
    const newest = content.current?.lastElementChild;
    const begins = newest instanceof HTMLElement && newest.offsetHeight > view.clientHeight;
    if (!whole || !begins) {
      toEnd(behavior);
      return;
    }
    following.current = false;
    view.scrollTo({ top: newest.offsetTop - ABOVE, behavior });
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
    if (!wanted) return;
    if (following.current) toNewest('instant');
    else setUnread(true);
  }, [last]);

  return { scroller, content, unread, toEnd, toNewest };
}

/** Where something stood in the window. */
type Mark = { readonly element: Element; readonly top: number } | null;

function markOf(element: Element | null | undefined): Mark {
  return element ? { element, top: element.getBoundingClientRect().top } : null;
}

function hasSunk(mark: Mark): boolean {
  if (!mark?.element.isConnected) return true;
  return mark.element.getBoundingClientRect().top > mark.top + 1;
}
