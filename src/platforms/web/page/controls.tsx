import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireMessage } from '../wire.ts';
import { Failed, press } from './api.ts';

/** The buttons and the menu below a message; while one is being pressed, none can be. */
export function Controls({ message }: { message: WireMessage }) {
  const { id, buttons = [], menu } = message;
  const [pressed, setPressed] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const select = useRef<HTMLSelectElement>(null);
  // What was said about the buttons before is no longer true of these.
  useEffect(() => {
    setProblem(null);
  }, [buttons.map(({ action }) => action).join()]);
  const send = async (action: string, choice?: string): Promise<void> => {
    setPressed(action);
    setProblem(null);
    try {
      await press(id, action, choice);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      setProblem([error.message, error.hint].filter(Boolean).join(' '));
    } finally {
      setPressed(null);
      if (select.current) select.current.value = '';
    }
  };
  if (buttons.length === 0 && !menu) return null;
  return (
    <div class="controls">
      {buttons.map(({ action, label, style = 'plain' }) => (
        <button
          key={action}
          type="button"
          class={`button ${style}`}
          disabled={pressed !== null}
          aria-busy={pressed === action}
          onClick={() => void send(action)}
        >
          {label}
        </button>
      ))}
      {menu && (
        <select
          ref={select}
          class="button"
          aria-label={menu.placeholder}
          disabled={pressed !== null}
          onChange={(event) => void send(menu.action, event.currentTarget.value)}
        >
          <option value="" disabled selected hidden>
            {menu.placeholder}
          </option>
          {menu.choices.map(({ value, label, description }) => (
            <option key={value} value={value}>
              {description === undefined ? label : `${label} · ${description}`}
            </option>
          ))}
        </select>
      )}
      {problem !== null && (
        <p class="refused" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
