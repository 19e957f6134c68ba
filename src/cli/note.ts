import type { Settings } from './settings.ts';

export function noteTo(
  stream: NodeJS.WritableStream,
  notice: string,
  { quiet }: Pick<Settings, 'quiet' | 'json'>,
): void {
  if (!quiet) stream.write(`note: ${notice}\n`);
}
