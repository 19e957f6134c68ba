/** Requests to the server that the page came from. */
import type { Accepted, Refusal } from '../wire.ts';
import type { Question } from './suggest.ts';

/** A request that was refused, or did not get through, in words for the person. */
export class Failed extends Error {
  override readonly name = 'Failed';

  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

export interface DraftFile {
  /** That it is meant for; the line that is sent has the last word. */
  readonly option: string;
  readonly file: File;
}

export interface Draft {
  readonly text: string;
  readonly files: readonly DraftFile[];
  /** The same draft sent again is the same message. */
  readonly event: string;
}

export function newEventId(): string {
  // randomUUID is missing where the page is reached under another name without https.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @throws Failed */
export async function sendMessage({ text, files, event }: Draft): Promise<Accepted> {
  const form = new FormData();
  form.set('event', event);
  form.set('text', text);
  for (const { option, file } of files) {
    await checkReadable(file);
    form.append(option, file, file.name || 'picture');
  }
  const response = await request('/api/messages', { method: 'POST', body: form });
  return (await response.json()) as Accepted;
}

/** What was moved or changed since it was chosen fails like a connection, and is none of its faults. */
async function checkReadable(file: File): Promise<void> {
  await file
    .slice(0, 1)
    .arrayBuffer()
    .catch(() => {
      throw new Failed(`${file.name} cannot be read any more.`, 'Remove it, and choose it again.');
    });
}

/** @throws Failed */
export async function press(message: string, action: string, choice?: string): Promise<void> {
  await request('/api/actions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, action, ...(choice === undefined ? {} : { choice }) }),
  });
}

/** Nothing, where it fails: who types on is not to be disturbed. */
export async function complete(question: Question, signal: AbortSignal): Promise<string[]> {
  const { values, ...rest } = question;
  const query = new URLSearchParams({ ...rest, values: JSON.stringify(values) });
  try {
    const response = await request(`/api/completions?${query.toString()}`, { signal });
    return (await response.json()) as string[];
  } catch {
    return [];
  }
}

async function request(path: string, options: RequestInit): Promise<Response> {
  const response = await fetch(path, options).catch((cause: unknown) => {
    if (options.signal?.aborted) throw cause;
    throw new Failed('The bot cannot be reached.', 'Is it still running? Try again in a moment.');
  });
  if (response.ok) return response;
  const refusal = (await response.json().catch(() => ({}))) as Partial<Refusal>;
  throw new Failed(refusal.message ?? `The bot answered with ${response.status}.`, refusal.hint);
}
