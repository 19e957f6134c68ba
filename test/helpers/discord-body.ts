/** What arrives in a request: JSON, or JSON with files in parts. */
import type { IncomingMessage } from 'node:http';
import type { Upload } from './discord-world.ts';

export interface Body {
  readonly json: unknown;
  readonly uploads: readonly Upload[];
  /** Bytes of all of it. */
  readonly size: number;
}

export async function readBody(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) {
    const json: unknown = bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
    return { json, uploads: [], size: bytes.length };
  }
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const uploads: Upload[] = [];
  for (let index = 0; form.has(`files[${index}]`); index++) {
    const file = form.get(`files[${index}]`);
    if (file === null || typeof file === 'string') throw new Error('a file without bytes');
    const content = new Uint8Array(await file.arrayBuffer());
    uploads.push({ name: file.name, contentType: file.type, bytes: content });
  }
  const json: unknown = JSON.parse(form.get('payload_json') as string);
  return { json, uploads, size: bytes.length };
}
