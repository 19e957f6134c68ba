/** The messages, oldest first, and how the view follows them. */
import type { ComponentChildren } from 'preact';
import { Fragment } from 'preact';
import { useCallback, useLayoutEffect, useRef } from 'preact/hooks';
import type { WireMessage } from '../wire.ts';
import { Pressed } from './controls.tsx';
import { Icon } from './icons.tsx';
import { Message } from './message.tsx';
import { dayOf, useNow } from './times.ts';
import { useFollowing } from './use-following.ts';

/** Messages of one author that follow within it are one block. */
const TOGETHER = 5 * 60_000;
/** Milliseconds after a press in which a new message is the answer to it. */
const ANSWER_TIME = 5000;

interface LogProps {
  readonly messages: readonly WireMessage[];
  readonly you: string;
  readonly fresh: ReadonlySet<string>;
  readonly onEnlarge: (message: WireMessage) => void;
  readonly children: ComponentChildren;
}

export function Log({ messages, you, fresh, onEnlarge, children }: LogProps) {
  const now = useNow(30_000);
  const last = messages.at(-1);
  const whole = last?.author === null && last.progress === undefined;
  const { scroller, content, unread, toEnd, toNewest } = useFollowing(last?.id, whole);
  const pressed = useAnswers(last, you, { toEnd, toNewest });
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
        <Pressed.Provider value={pressed}>
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
        </Pressed.Provider>
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

/** Whoever says something, or presses a button, wants to see what comes of it. @returns for a press */
function useAnswers(
  last: WireMessage | undefined,
  you: string,
  { toEnd, toNewest }: Record<'toEnd' | 'toNewest', (behavior: ScrollBehavior) => void>,
): () => void {
  const pressedAt = useRef(-Infinity);
  useLayoutEffect(() => {
    const answered = performance.now() - pressedAt.current < ANSWER_TIME;
    pressedAt.current = -Infinity;
    if (last?.author?.id === you) toEnd('instant');
    else if (answered) toNewest('smooth');
  }, [last?.id]);
  return useCallback(() => {
    pressedAt.current = performance.now();
  }, []);
}
