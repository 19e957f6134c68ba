/** A tab without a browser: it sends what the page would send, and listens as the page listens. */
import type { Accepted, Snapshot, WireMessage } from '../../src/platforms/web/wire.ts';

export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

export interface Tab {
  /** It has been told what was said before it was opened. */
  readonly ready: Promise<void>;
  /** Oldest first, as edited so far. */
  messages(): readonly WireMessage[];
  get(path: string): Promise<Response>;
  /** @throws Error where the line was refused. */
  send(text: string, picture?: Uint8Array, mask?: Uint8Array): Promise<Accepted>;
  press(message: string, action: string, choice?: string): Promise<void>;
  complete(command: string, option: string, text: string): Promise<readonly string[]>;
  close(): void;
}

/** Listens until it is closed, or the server ends the stream. */
export function openTab(
  url: string,
  headers: Readonly<Record<string, string>>,
  changed: () => void,
): Tab {
  const messages = new Map<string, WireMessage>();
  const closing = new AbortController();
  const get = (path: string): Promise<Response> => fetch(`${url}${path}`, { headers });
  const post = async (path: string, body: FormData | string): Promise<Response> => {
    const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
    const all = { ...headers, origin: url, ...type };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers: all, body });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return response;
  };
  let told = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    told = resolve;
  });
  const listen = async (): Promise<void> => {
    for await (const { event, data } of streamEvents(url, headers, closing.signal)) {
      if (event === 'heartbeat') continue;
      if (event === 'snapshot') messages.clear();
      const news = event === 'snapshot' ? (data as Snapshot).messages : [data as WireMessage];
      for (const message of event === 'caught-up' ? [] : news) messages.set(message.id, message);
      told();
      changed();
    }
  };
  void listen().catch((error: unknown) => {
    if (!closing.signal.aborted) throw error;
  });
  return {
    ready,
    messages: () => [...messages.values()].sort((one, other) => (one.id < other.id ? -1 : 1)),
    get,
    async send(text, picture, mask) {
      const form = new FormData();
      form.set('text', text);
      if (picture) form.set('picture', new Blob([Buffer.from(picture)]), 'picture.png');
      if (mask) form.set('mask', new Blob([Buffer.from(mask)]), 'mask.png');
      return (await (await post('/api/messages', form)).json()) as Accepted;
    },
    async press(message, action, choice) {
      await post('/api/actions', JSON.stringify({ message, action, choice }));
    },
    async complete(command, option, text) {
      const query = new URLSearchParams({ command, option, text });
      const response = await get(`/api/completions?${query.toString()}`);
      return (await response.json()) as string[];
    },
    close: () => {
      closing.abort();
    },
  };
}

/** What a stream brings, until the server ends it or the signal aborts it. */
export async function* streamEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const response = await fetch(`${url}/api/events`, { headers, signal });
  if (!response.ok || !response.body) throw new Error(`no stream: ${response.status}`);
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(bytes, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop()!;
    yield* blocks.map(eventIn).filter(({ event }) => event !== '');
  }
}

function eventIn(block: string): StreamEvent {
  const lines = new Map(
    block.split('\n').map((line) => [line.split(': ')[0]!, line.slice(line.indexOf(': ') + 2)]),
  );
  const data = lines.get('data');
  return {
    id: lines.get('id') ?? '',
    event: lines.get('event') ?? '',
    data: data === undefined ? undefined : JSON.parse(data),
  };
}
