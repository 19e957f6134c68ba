/**
 * Final answers. The picture is a file in the thread, with its alt text; the text and the buttons
 * stand in the message above it, which showed the progress before. Files can have no buttons.
 */
import type { webApi } from '@slack/bolt';
import type { Outbound } from '../../chat/outbound.ts';
import type { Delivery } from '../../chat/platform.ts';
import { Undeliverable } from '../../chat/platform.ts';
import type { SlackAddress } from './address.ts';
import { messageOf } from './blocks.ts';
import type { ShownFile } from './blocks.ts';
import { isFinal, isGone, reasonOf } from './failures.ts';
import { toMrkdwn } from './markup.ts';
import { edit, post } from './speech.ts';
import { canBeShown, findUpload, upload } from './upload.ts';
import type { Uploaded } from './upload.ts';

export async function deliver(
  client: webApi.WebClient,
  address: SlackAddress,
  outbound: Outbound,
  delivery: Delivery & { readonly bot: string },
): Promise<void> {
  try {
    await (outbound.picture
      ? deliverPicture(client, address, outbound, delivery)
      : putMessage(client, address, outbound));
  } catch (error) {
    if (!isFinal(error)) throw error;
    throw new Undeliverable(`Slack says ${reasonOf(error) ?? ''}`, { cause: error });
  }
}

/**
 * First a message to hang the picture under, then the picture, then the buttons beside it: at
 * whatever point this breaks off, it can begin again.
 */
async function deliverPicture(
  client: webApi.WebClient,
  address: SlackAddress,
  outbound: Outbound,
  { key, again, person, bot }: Delivery & { readonly bot: string },
): Promise<void> {
  const { channel, thread } = address;
  const picture = outbound.picture!;
  const since = address.message ?? thread;
  const earlier = again ? await findUpload(client, { bot, key, since }) : null;
  // Without a message of its own, the picture came after the message that says it all.
  if (earlier && address.message === null) return;
  const message = address.message ?? (await post(client, address, mentioning(outbound, person)));
  const title = toMrkdwn(outbound.text.split('\n')[0] ?? '');
  const uploaded =
    earlier ??
    (await upload(client, { channel, thread: thread ?? message }, picture, {
      key,
      comment: `<@${person}> ${title}`,
    }));
  const veiled = picture.spoiler || thread !== null;
  const image = veiled ? undefined : await shown(client, uploaded, picture.alt);
  await putMessage(client, { ...address, message }, outbound, image);
}

/** In the channel itself the message shows the picture too; in a thread that would be twice. */
async function shown(
  client: webApi.WebClient,
  uploaded: Uploaded,
  alt: string,
): Promise<ShownFile | undefined> {
  return (await canBeShown(client, uploaded)) ? { id: uploaded.id, alt } : undefined;
}

async function putMessage(
  client: webApi.WebClient,
  address: SlackAddress,
  outbound: Outbound,
  image?: ShownFile,
): Promise<void> {
  const { channel, message: ts, person } = address;
  if (ts === null) {
    await post(client, address, mentioning(outbound, person));
    return;
  }
  try {
    await edit(client, { channel, ts }, messageOf(outbound, image));
  } catch (error) {
    // Slack may not show a file that it has just taken; the thread has it all the same.
    if (image && reasonOf(error) === 'invalid_blocks') {
      await putMessage(client, address, outbound);
    } else if (isGone(error)) {
      await post(client, address, mentioning(outbound, person));
    } else throw error;
  }
}

function mentioning(outbound: Outbound, person: string): ReturnType<typeof messageOf> {
  const { text, blocks } = messageOf(outbound);
  const mention = `<@${person}>`;
  const first = { type: 'section', text: { type: 'mrkdwn', text: mention } } as const;
  return { text: `${mention} ${text}`, blocks: [first, ...blocks] };
}
