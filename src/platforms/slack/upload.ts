/** Pictures and documents into Slack, each of an order's once. */
import { setTimeout as after } from 'node:timers/promises';
import type { webApi } from '@slack/bolt';
import * as z from 'zod';
import type { OutboundDocument, OutboundPicture } from '../../chat/outbound.ts';
import { patiently } from './failures.ts';
import { clipped } from './markup.ts';
import { asMember, threaded } from './speech.ts';
import type { Spot } from './speech.ts';

/** Slack takes more; a PNG of 4096×4096 pixels fits. */
const MOST_BYTES = 64 * 2 ** 20;
/** What a message can show of Slack's own files. */
const SHOWABLE = ['image/png', 'image/jpeg', 'image/gif'];
/** Milliseconds between looks at whether Slack has made out what a file is. */
const PATIENCE = [100, 200, 400, 800, 1600, 3200];
const PAGES = 5;

/** The library's types leave the answer out: one list for each request, one for its files. */
const completed = z.object({
  files: z.tuple([z.object({ files: z.tuple([z.object({ id: z.string() })]) })]),
});

export interface Uploaded {
  readonly id: string;
}

/** @param key goes into the file's name, where `findUpload` finds it. */
export async function upload(
  client: webApi.WebClient,
  { channel, thread }: Spot & { thread: string },
  sent: OutboundPicture | OutboundDocument,
  { key, comment }: { key: string; comment: string },
): Promise<Uploaded> {
  const { bytes, name } = await fileOf(sent);
  const filename = named(name, key);
  const answer = await asMember(client, channel, () =>
    threaded(thread, (reply) =>
      client.files.uploadV2({
        channel_id: channel,
        ...reply,
        file: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
        filename,
        title: filename,
        ...('alt' in sent ? { alt_text: clipped(sent.alt, 1000) } : {}),
        initial_comment: comment,
      } as webApi.FilesUploadV2Arguments),
    ),
  );
  return completed.parse(answer).files[0].files[0];
}

async function fileOf(sent: OutboundPicture | OutboundDocument) {
  if ('alt' in sent) return sent.fileWithin(MOST_BYTES);
  return { name: sent.name, bytes: Buffer.from(sent.text) };
}

/** An order's picture, where an earlier attempt got through. */
export async function findUpload(
  client: webApi.WebClient,
  { bot, key, since }: { bot: string; key: string; since: string | null },
): Promise<Uploaded | null> {
  const from = since === null ? {} : { ts_from: String(Math.floor(Number(since))) };
  for (let page = 1; page <= PAGES; page++) {
    const { files = [], paging } = await client.files.list({
      user: bot,
      count: 200,
      page,
      ...from,
    });
    const found = files.find(({ name }) => name?.includes(key));
    if (found?.id !== undefined) return { id: found.id };
    if (page >= (paging?.pages ?? 1)) break;
  }
  return null;
}

/** Whether a message can show the file: Slack looks at it for a while after it has taken it. */
export async function canBeShown(client: webApi.WebClient, id: string): Promise<boolean> {
  for (const pause of PATIENCE) {
    const { file } = await patiently(() => client.files.info({ file: id }));
    if (file?.mimetype) return SHOWABLE.includes(file.mimetype);
    await after(pause);
  }
  return false;
}

function named(name: string, key: string): string {
  if (name.includes(key)) return name;
  const dot = name.lastIndexOf('.');
  return `${name.slice(0, dot)}-${key}${name.slice(dot)}`;
}
