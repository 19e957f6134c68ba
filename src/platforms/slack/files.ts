/** Files that people attach, and their bytes. */
import type { webApi } from '@slack/bolt';
import * as z from 'zod';
import type { Download } from '../../chat/download.ts';
import type { Attachment } from '../../chat/option.ts';
import { DreamError } from '../../kit/errors.ts';
import { reasonOf } from './failures.ts';

/** As events tell of a file. */
export const sharedFile = z.object({
  id: z.string(),
  name: z.string().nullish(),
  mimetype: z.string().nullish(),
  size: z.number().nullish(),
  url_private: z.string().nullish(),
  url_private_download: z.string().nullish(),
  /** 'check_file_info' where the file comes from another workspace: the rest is missing then. */
  file_access: z.string().nullish(),
});

export type SharedFile = z.infer<typeof sharedFile>;

const reference = z.object({ id: z.string(), url: z.string() });

/** The files of a message. */
export async function attachmentsOf(
  client: webApi.WebClient,
  files: readonly SharedFile[],
): Promise<Attachment[]> {
  const known = await Promise.all(files.map((file) => looked(client, file)));
  return known.map(attachmentOf);
}

async function looked(client: webApi.WebClient, file: SharedFile): Promise<SharedFile> {
  return file.file_access === 'check_file_info' ? infoOf(client, file.id) : file;
}

async function infoOf(client: webApi.WebClient, id: string): Promise<SharedFile> {
  try {
    const { file } = await client.files.info({ file: id });
    return sharedFile.parse(file);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    const message = `the file can no longer be had from Slack (${reason})`;
    throw new DreamError('fetch-failed', message, 'Attach it again.', { cause: error });
  }
}

export function attachmentOf(file: SharedFile): Attachment {
  const { id, name, size, mimetype } = file;
  return {
    name: name ?? 'file',
    ...(size == null ? {} : { size }),
    ...(mimetype ? { contentType: mimetype } : {}),
    reference: JSON.stringify({ id, url: urlOf(file) }),
  };
}

function urlOf(file: SharedFile): string {
  return file.url_private_download ?? file.url_private ?? '';
}

export interface Fetching {
  readonly client: webApi.WebClient;
  readonly download: Download;
  readonly token: string;
  /** Slack's own, which alone learn the token: `host` or `host:port`. */
  readonly ownHosts: readonly string[];
  readonly hosts: readonly string[];
  readonly maxBytes: number;
}

/** @throws DreamError 'fetch-failed' or 'picture-too-large' */
export async function fetchFile(
  fetching: Fetching,
  attachment: Pick<Attachment, 'reference'>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { id, url } = reference.parse(JSON.parse(attachment.reference));
  try {
    return await bytesAt(fetching, url, signal);
  } catch (error) {
    if (!(error instanceof DreamError) || error.code !== 'fetch-failed') throw error;
    const fresh = urlOf(await infoOf(fetching.client, id));
    if (fresh === url) throw error;
    return bytesAt(fetching, fresh, signal);
  }
}

async function bytesAt(
  { download, token, ownHosts, hosts, maxBytes }: Fetching,
  url: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  // A file that Slack only links to may lie anywhere.
  const own = URL.canParse(url) && ownHosts.includes(new URL(url).host);
  const headers = own ? { authorization: `Bearer ${token}` } : {};
  const bytes = await download(url, { hosts, maxBytes, signal, headers });
  if (!isPage(bytes)) return bytes;
  throw new DreamError(
    'fetch-failed',
    'Slack gave a page to sign in at in place of the file',
    'The bot may lack the scope files:read: reinstall the app from its manifest.',
  );
}

/** Slack answers a token that may not read a file with status 200 and a web page. */
function isPage(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart().toLowerCase();
  return start.startsWith('<!doctype html') || start.startsWith('<html');
}
