/** Protobuf's text format, as Caffe's .prototxt has it; fields that nobody asked for are kept. */
import { DreamError } from '../../kit/errors.ts';

/** Field name → its values, in order. */
export type TextMessage = ReadonlyMap<string, readonly TextValue[]>;

/** A word is a number, a name of an enumeration, true or false. */
export type TextValue = TextMessage | { readonly word: string } | { readonly text: string };

const LONGEST = 8 * 2 ** 20;
const DEEPEST = 32;

/** A comment · a string · a sign · a word · a space */
const TOKEN =
  /#[^\n]*|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([{}<>:;,[\]])|([^\s{}<>:;,[\]#"']+)|\s+/y;

interface Token {
  readonly kind: 'text' | 'sign' | 'word';
  readonly value: string;
  readonly at: number;
}

/** @throws DreamError 'bad-model' with the line where the text cannot be read. */
export function parsePrototext(source: string, file: string): TextMessage {
  if (source.length > LONGEST) {
    throw new DreamError('bad-model', `'${file}' has ${source.length} letters: no network's text`);
  }
  return new Parser(source, file).whole();
}

class Parser {
  readonly #tokens: Iterator<Token>;
  #next: Token | undefined;

  constructor(
    private readonly source: string,
    private readonly file: string,
  ) {
    this.#tokens = this.#scan();
    this.#advance();
  }

  whole(): TextMessage {
    const message = this.#message(0);
    if (this.#next) throw this.#wrong("'}' without a beginning");
    return message;
  }

  *#scan(): Generator<Token> {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < this.source.length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(this.source);
      if (!match) throw this.#wrong('a letter that is not expected', at);
      const end = TOKEN.lastIndex;
      const [, text, sign, word] = match;
      if (text !== undefined) yield { kind: 'text', value: unescaped(text.slice(1, -1)), at };
      else if (sign !== undefined) yield { kind: 'sign', value: sign, at };
      else if (word !== undefined) yield { kind: 'word', value: word, at };
      TOKEN.lastIndex = end;
    }
  }

  #message(depth: number): TextMessage {
    if (depth > DEEPEST) throw this.#wrong(`more than ${DEEPEST} levels`);
    const fields = new Map<string, TextValue[]>();
    for (;;) {
      while (this.#takes(',') || this.#takes(';'));
      if (this.#next?.kind !== 'word') return fields;
      const name = this.#next.value;
      this.#advance();
      const values = this.#values(depth);
      const known = fields.get(name);
      if (known) known.push(...values);
      else fields.set(name, values);
    }
  }

  /** `: value`, `: [value, value]`, `{ … }` or `: { … }` */
  #values(depth: number): TextValue[] {
    const colon = this.#takes(':');
    const end = this.#takes('{') ? '}' : this.#takes('<') ? '>' : null;
    if (end !== null) {
      const message = this.#message(depth + 1);
      this.#expect(end);
      return [message];
    }
    if (!colon) throw this.#wrong("something else than ':' or '{' after a name");
    if (!this.#takes('[')) return [this.#scalar()];
    const values: TextValue[] = [];
    while (!this.#takes(']')) {
      values.push(this.#scalar());
      this.#takes(',');
    }
    return values;
  }

  #scalar(): TextValue {
    const token = this.#next;
    if (!token || token.kind === 'sign') throw this.#wrong('no value');
    this.#advance();
    if (token.kind === 'word') return { word: token.value };
    let text = token.value;
    // Strings side by side are one.
    while (this.#next?.kind === 'text') {
      text += this.#next.value;
      this.#advance();
    }
    return { text };
  }

  #advance(): void {
    const next = this.#tokens.next();
    this.#next = next.done === true ? undefined : next.value;
  }

  #takes(sign: string): boolean {
    if (this.#next?.kind !== 'sign' || this.#next.value !== sign) return false;
    this.#advance();
    return true;
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw this.#wrong(`no '${sign}'`);
  }

  #wrong(found: string, at = this.#next?.at ?? this.source.length): DreamError {
    const line = this.source.slice(0, at).split('\n').length;
    return new DreamError('bad-model', `'${this.file}', line ${line}: found ${found}`);
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? letter);
}
