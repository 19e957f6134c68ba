import { createContext } from 'preact';
import type { RefObject } from 'preact';
import { useContext, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { WireMessage } from '../wire.ts';
import { Failed, press } from './api.ts';
import { Choice } from './choice.tsx';

/** Told of every press: its answer may come below what is in view. */
export const Pressed = createContext<() => void>(() => undefined);

/** The buttons and the menu below a message; while one is being pressed, none can be. */
export function Controls({ message }: { message: WireMessage }) {
  const { id, buttons = [], menu } = message;
  const [pressed, setPressed] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const tell = useContext(Pressed);
  const area = useRef<HTMLDivElement>(null);
  const last = useRef<string | null>(null);
  useKeptPlace(area);
  useEffect(() => {
    // What was said about the buttons before is no longer true of these.
    setProblem(null);
    // The one that was pressed is gone, and the focus with it.
    const gone = last.current !== null && !buttons.some(({ action }) => action === last.current);
    if (!gone || document.activeElement?.contains(area.current) !== true) return;
    last.current = null;
    area.current?.querySelector<HTMLElement>('button, select')?.focus();
  }, [buttons.map(({ action }) => action).join()]);
  const send = async (action: string, choice?: string): Promise<void> => {
    if (pressed !== null) return;
    last.current = action;
    setPressed(action);
    setProblem(null);
    tell();
    try {
      await press(id, action, choice);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      setProblem([error.message, error.hint].filter(Boolean).join(' '));
    } finally {
      setPressed(null);
    }
  };
  if (buttons.length === 0 && !menu) return null;
  return (
    <div class="controls" ref={area}>
      {buttons.map(({ action, label, style = 'plain' }) => (
        <button
          key={action}
          type="button"
          class={`button ${style}`}
          // What is disabled itself loses the focus, and who goes by keys their place.
          aria-disabled={pressed !== null}
          aria-busy={pressed === action}
          onClick={() => void send(action)}
        >
          {label}
        </button>
      ))}
      {menu && <Choice menu={menu} disabled={pressed !== null} onChoose={send} />}
      {problem !== null && (
        <p class="refused" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** Where what has the focus goes away by itself, as work comes to its end: the message gets it. */
function useKeptPlace(area: RefObject<HTMLElement | null>): void {
  // Asked before the page changes: afterwards nothing would tell.
  const focused = area.current?.contains(document.activeElement) === true;
  const message = area.current?.closest('article');
  useLayoutEffect(() => {
    if (!focused || !message || document.activeElement !== document.body) return;
    message.tabIndex = -1;
    message.focus({ preventScroll: true });
  });
}
