/** The picture of a message: attached, forwarded, or shown by a bot. */
import { ComponentType } from 'discord.js';
import type {
  APIAttachment,
  APIMessage,
  APIMessageTopLevelComponent,
  APIUnfurledMediaItem,
} from 'discord.js';
import type { Attachment } from '../../chat/option.ts';
import { attachmentOf } from './values.ts';

type Content = Pick<APIMessage, 'attachments' | 'components'>;

const PICTURE_NAME = /\.(png|jpe?g|webp|gif|avif|tiff?)$/i;

/** The first; undefined where there is none. */
export function pictureOf(message: APIMessage): Attachment | undefined {
  const forwarded = (message.message_snapshots ?? []).map((snapshot) => snapshot.message);
  return [message, ...forwarded].flatMap(picturesOf)[0];
}

function picturesOf({ attachments, components = [] }: Content): Attachment[] {
  return [
    ...attachments.filter(isPicture).map(attachmentOf),
    ...components.flatMap(mediaOf).filter(isPicture).map(shownMedia),
  ];
}

function isPicture({
  content_type: type,
  ...named
}: APIAttachment | APIUnfurledMediaItem): boolean {
  if (type) return type.startsWith('image/');
  return PICTURE_NAME.test('filename' in named ? named.filename : nameIn(named.url));
}

/** As this bot shows its dreams. */
function mediaOf(component: APIMessageTopLevelComponent): APIUnfurledMediaItem[] {
  if (component.type === ComponentType.MediaGallery) {
    return component.items.map(({ media }) => media);
  }
  return component.type === ComponentType.Container ? component.components.flatMap(mediaOf) : [];
}

function shownMedia({ url, content_type: contentType }: APIUnfurledMediaItem): Attachment {
  return { name: nameIn(url), reference: url, ...(contentType ? { contentType } : {}) };
}

function nameIn(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  return path.split('/').at(-1) ?? '';
}
