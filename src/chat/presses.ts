/** Buttons pressed twice in a hurry: the second press means nothing. */
import type { ActionEvent } from './inbound.ts';

/** Milliseconds in which two presses of one button by one person are one. */
const HURRY = 1000;

export class Presses {
  /** By press, when it was: on the clock that does not jump. */
  readonly #pressed = new Map<string, number>();

  /** Whether the same person has pressed the same just now. */
  isRepeated(event: ActionEvent): boolean {
    const now = performance.now();
    for (const [press, at] of this.#pressed) if (now - at > HURRY) this.#pressed.delete(press);
    const press = nameOf(event);
    const repeated = this.#pressed.has(press);
    this.#pressed.set(press, now);
    return repeated;
  }

  /** It came to nothing: the next one is meant. */
  forget(event: ActionEvent): void {
    this.#pressed.delete(nameOf(event));
  }
}

function nameOf({ place, person, action, choice = '' }: ActionEvent): string {
  return JSON.stringify([place.platform, person.id, action, choice]);
}
