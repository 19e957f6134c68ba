/**
 * Who is next: fair between people, first come first served for each of them.
 *
 * Start-time fair queueing (Goyal, Vin and Cheng 1996) with orders of equal weight: whoever begins
 * to wait gets the turn after the one that is being served now, and one turn later for each
 * further order. So somebody with fifty orders waits behind somebody with one, and nobody is ever
 * passed by another person more than twice.
 */
export interface Waiting<Item> {
  readonly id: string;
  /** Whose it is. */
  readonly person: string;
  /** Smaller came earlier. */
  readonly sequence: number;
  readonly item: Item;
}

interface Person<Item> {
  readonly name: string;
  /** By sequence; never empty. */
  readonly waiting: Waiting<Item>[];
  /** Of the first in `waiting`. */
  turn: number;
  /** The turn in which this person was served last; 0 for never. */
  served: number;
}

export class FairLine<Item> {
  readonly #people = new Map<string, Person<Item>>();
  /** Turns in which those who wait no more were served, as long as they matter. */
  readonly #served = new Map<string, number>();
  #turn = 0;

  get size(): number {
    let size = 0;
    for (const { waiting } of this.#people.values()) size += waiting.length;
    return size;
  }

  add(entry: Waiting<Item>): void {
    const person = this.#people.get(entry.person);
    if (!person) {
      const served = this.#served.get(entry.person) ?? 0;
      this.#served.delete(entry.person);
      const turn = this.#turn + 1;
      this.#people.set(entry.person, { name: entry.person, waiting: [entry], turn, served });
      return;
    }
    const place = person.waiting.findIndex(({ sequence }) => sequence > entry.sequence);
    person.waiting.splice(place === -1 ? person.waiting.length : place, 0, entry);
  }

  /** Takes the next out. */
  next(): Waiting<Item> | undefined {
    const person = this.#first();
    if (!person) return undefined;
    const entry = person.waiting.shift()!;
    this.#turn = person.turn;
    person.served = person.turn;
    person.turn += 1;
    if (person.waiting.length === 0) this.#leave(person);
    for (const [name, served] of this.#served) if (served < this.#turn) this.#served.delete(name);
    return entry;
  }

  remove(id: string): boolean {
    for (const person of this.#people.values()) {
      const place = person.waiting.findIndex((entry) => entry.id === id);
      if (place === -1) continue;
      person.waiting.splice(place, 1);
      if (person.waiting.length === 0) this.#leave(person);
      return true;
    }
    return false;
  }

  /** All that wait, in the order in which they would be taken if nobody else came. */
  list(): Waiting<Item>[] {
    const copy = new FairLine<Item>();
    copy.#turn = this.#turn;
    for (const person of this.#people.values()) {
      copy.#people.set(person.name, { ...person, waiting: [...person.waiting] });
    }
    return Array.from({ length: this.size }, () => copy.next()!);
  }

  #first(): Person<Item> | undefined {
    let first: Person<Item> | undefined;
    for (const person of this.#people.values()) {
      if (!first || isBefore(person, first)) first = person;
    }
    return first;
  }

  #leave({ name, served }: Person<Item>): void {
    this.#people.delete(name);
    if (served > 0) this.#served.set(name, served);
  }
}

/** In the same turn: who was not served for longer, then who asked first. */
function isBefore<Item>(one: Person<Item>, other: Person<Item>): boolean {
  if (one.turn !== other.turn) return one.turn < other.turn;
  if (one.served !== other.served) return one.served < other.served;
  return one.waiting[0]!.sequence < other.waiting[0]!.sequence;
}
