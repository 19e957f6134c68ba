/** Buttons pressed twice in a hurry, or again before the first press was answered: one press. */
import type { ActionEvent } from './inbound.ts';

/** Milliseconds in which two presses of one button by one person are one. */
const HURRY = 1000;

interface Press {
  /** The last time: on the clock that does not jump. */
  readonly at: number;
  /** It is still being seen to. */
  readonly open: boolean;
}

export class Presses {
  readonly #pressed = new Map<string, Press>();

  /** Whether the same person has pressed the same just now. */
  isRepeated(event: ActionEvent): boolean {
    const now = performance.now();
    for (const [press, { at, open }] of this.#pressed) {
      if (!open && now - at > HURRY) this.#pressed.delete(press);
    }
    const press = nameOf(event);
    const before = this.#pressed.get(press);
    this.#pressed.set(press, { at: now, open: before?.open ?? true });
    return before !== undefined;
  }

  /** It has been seen to. */
  answered(event: ActionEvent): void {
    const press = this.#pressed.get(nameOf(event));
    if (press) this.#pressed.set(nameOf(event), { ...press, open: false });
  }

  /** It came to nothing: the next one is meant. */
  forget(event: ActionEvent): void {
    this.#pressed.delete(nameOf(event));
  }
}

function nameOf({ place, person, action, choice = '' }: ActionEvent): string {
  return JSON.stringify([place.platform, person.id, action, choice]);
}
