import { useRef, useState } from 'preact/hooks';
import type { Menu } from '../../../chat/outbound.ts';

interface ChoiceProps {
  readonly menu: Menu;
  readonly disabled: boolean;
  readonly onChoose: (action: string, choice: string) => Promise<void>;
}

/** Keys that change a menu which is not open, in browsers that let them. */
const MOVES = /^(Arrow\w+|Page\w+|Home|End|\S)$/;

/** A menu: what is taken in it is chosen at once; what keys pass on their way is not. */
export function Choice({
  menu: { action, placeholder, choices },
  disabled,
  onChoose,
}: ChoiceProps) {
  const [passed, setPassed] = useState('');
  const moving = useRef(false);
  const choose = (value: string): void => {
    setPassed('');
    if (value !== '') void onChoose(action, value);
  };
  return (
    <>
      <select
        class="button"
        aria-label={placeholder}
        aria-disabled={disabled}
        // It says what can be chosen, never what was.
        value={passed}
        onPointerDown={() => {
          moving.current = false;
        }}
        onKeyDown={(event) => {
          moving.current = MOVES.test(event.key) && !event.altKey;
          if (event.key !== 'Enter' || passed === '') return;
          event.preventDefault();
          choose(passed);
        }}
        onChange={({ currentTarget }) => {
          const { value } = currentTarget;
          if (moving.current) {
            setPassed(value);
            return;
          }
          currentTarget.value = '';
          choose(value);
        }}
      >
        <option value="" disabled hidden>
          {placeholder}
        </option>
        {choices.map(optionOf)}
      </select>
      {passed !== '' && (
        <button
          type="button"
          class="button"
          aria-disabled={disabled}
          onClick={() => {
            choose(passed);
          }}
        >
          Choose
        </button>
      )}
    </>
  );
}

function optionOf({ value, label, description }: Menu['choices'][number]) {
  return (
    <option key={value} value={value}>
      {description === undefined ? label : `${label} · ${description}`}
    </option>
  );
}
