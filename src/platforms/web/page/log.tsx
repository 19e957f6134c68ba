/** The messages, oldest first, and how the view follows them. */
import type { ComponentChildren } from 'preact';
import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { WireMessage } from '../wire.ts';
import { Icon } from './icons.tsx';
import { Message } from './message.tsx';
import { dayOf, useNow } from './times.ts';

/** Pixels from the end at which the view still counts as being there. */
const NEAR = 80;
/** Messages of one author that follow within it are one block. */
const TOGETHER = 5 * 60_000;

interface LogProps {
  readonly messages: readonly WireMessage[];
  readonly you: string;
  readonly fresh: ReadonlySet<string>;
  readonly onEnlarge: (message: WireMessage) => void;
  readonly children: ComponentChildren;
}

export function Log({ messages, you, fresh, onEnlarge, children }: LogProps) {
  const now = useNow(30_000);
  const { scroller, content, atEnd, toEnd } = useFollowing(messages.length > 0);
  const last = messages.at(-1);
  const unread = useUnread(last, atEnd);
  // Whoever says something wants to see what comes of it.
  useLayoutEffect(() => {
    if (last?.author?.id === you) toEnd('instant');
  }, [last?.id]);
  return (
    <main class="scroller" ref={scroller}>
      <div
        class="log"
        ref={content}
        role="log"
        aria-label="Messages"
        aria-live="polite"
        aria-relevant="additions"
      >
        {children}
        {messages.map((message, index) => {
          const before = messages[index - 1];
          const day = dayOf(message.at, now);
          const newDay = before === undefined || dayOf(before.at, now) !== day;
          return (
            <Fragment key={message.id}>
              {newDay && <p class="day">{day}</p>}
              <Message
                message={message}
                now={now}
                own={message.author?.id === you}
                continued={!newDay && isContinued(before, message)}
                fresh={fresh.has(message.id)}
                onEnlarge={onEnlarge}
              />
            </Fragment>
          );
        })}
      </div>
      {unread && (
        <button
          type="button"
          class="unread"
          onClick={() => {
            toEnd('smooth');
          }}
        >
          <Icon name="down" />
          New messages
        </button>
      )}
    </main>
  );
}

function isContinued(before: WireMessage, message: WireMessage): boolean {
  const same = before.author?.id === message.author?.id && before.private === message.private;
  return same && message.at - before.at < TOGETHER;
}

/**
 * Keeps the view at the end while it is there, whatever grows: messages, pictures, the window.
 * @param wanted false where there is nothing to follow: a page is read from its beginning.
 */
function useFollowing(wanted: boolean) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const following = useRef(true);
  const toEnd = (behavior: ScrollBehavior): void => {
    const view = scroller.current;
    following.current = true;
    view?.scrollTo({ top: view.scrollHeight, behavior });
  };
  useEffect(() => {
    if (!wanted) return;
    const view = scroller.current!;
    toEnd('instant');
    let top = 0;
    const scrolled = (): void => {
      const near = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR;
      // Only who scrolls up stops following: at the end more may have grown since.
      following.current = near || (following.current && view.scrollTop >= top);
      top = view.scrollTop;
      setAtEnd(following.current);
    };
    const grown = new ResizeObserver(() => {
      if (following.current) toEnd('instant');
    });
    view.addEventListener('scroll', scrolled, { passive: true });
    grown.observe(view);
    grown.observe(content.current!);
    return () => {
      view.removeEventListener('scroll', scrolled);
      grown.disconnect();
    };
  }, [wanted]);
  return { scroller, content, atEnd, toEnd };
}

/** Whether something has been said below what is in view. */
function useUnread(last: WireMessage | undefined, atEnd: boolean): boolean {
  const seen = useRef(last?.id);
  if (atEnd) seen.current = last?.id;
  return !atEnd && seen.current !== last?.id;
}
