import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Menu } from '../../../chat/outbound.ts';
import type { WireMessage } from '../wire.ts';
import { Failed, press } from './api.ts';

/** Told of every press: its answer may come below what is in view. */
export const Pressed = createContext<() => void>(() => undefined);

/** The buttons and the menu below a message; while one is being pressed, none can be. */
export function Controls({ message }: { message: WireMessage }) {
  const { id, buttons = [], menu } = message;
  const [pressed, setPressed] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const tell = useContext(Pressed);
  // What was said about the buttons before is no longer true of these.
  useEffect(() => {
    setProblem(null);
  }, [buttons.map(({ action }) => action).join()]);
  const send = async (action: string, choice?: string): Promise<void> => {
    if (pressed !== null) return;
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
    <div class="controls">
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

interface ChoiceProps {
  readonly menu: Menu;
  readonly disabled: boolean;
  readonly onChoose: (action: string, choice: string) => Promise<void>;
}

function Choice({ menu: { action, placeholder, choices }, disabled, onChoose }: ChoiceProps) {
  return (
    <select
      class="button"
      aria-label={placeholder}
      aria-disabled={disabled}
      // It says what can be chosen, never what was.
      value=""
      onChange={({ currentTarget }) => {
        const { value } = currentTarget;
        currentTarget.value = '';
        void onChoose(action, value);
      }}
    >
      <option value="" disabled hidden>
        {placeholder}
      </option>
      {choices.map(({ value, label, description }) => (
        <option key={value} value={value}>
          {description === undefined ? label : `${label} · ${description}`}
        </option>
      ))}
    </select>
  );
}
