/** The one channel of the web chat: what is said in it, by the bot and by people. */
import sharp from 'sharp';
import type { Person, Responder } from '../../chat/inbound.ts';
import type { Outbound, OutboundPicture } from '../../chat/outbound.ts';
import type { Platform } from '../../chat/platform.ts';
import { Undeliverable } from '../../chat/platform.ts';
import type { Conversation, Entry } from './conversation.ts';
import type { Forgotten } from './forgotten.ts';
import { pictureType } from './pictures.ts';
import type { Previews } from './pictures.ts';
import type { UploadSpace } from './upload-space.ts';
import type { WirePicture } from './wire.ts';

export const PLATFORM = 'web';
export const PLACE = { platform: PLATFORM, channel: 'chat' } as const;

type Address = Parameters<Platform['show']>[0];

/** Of a preview, as bytes. */
const PREVIEW_LIMIT = 2 * 2 ** 20;
/** Of a file that stays with its message. */
const FILE_LIMIT = 16 * 2 ** 20;
/** What the store calls a picture. */
export const STORED_PICTURE = /^[0-9A-Za-z]{1,40}\/(result|source)$/;

export interface RoomParts {
  readonly conversation: Conversation;
  readonly forgotten: Forgotten;
  readonly previews: Previews;
  readonly pictures: { read(id: string): Promise<Uint8Array> };
  readonly space: UploadSpace;
  /** Told when messages are gone that tabs still show. */
  readonly onRemoved: () => void;
}

export class Room {
  constructor(private readonly parts: RoomParts) {}

  /**
   * Where the answer to a person will stand.
   * @param asked the message that it answers.
   */
  addressFor({ id: person, name }: Person, asked?: string): Address {
    const message = this.parts.conversation.newId();
    return { message, person, name, ...(asked === undefined ? {} : { asked }) };
  }

  /** @param pressed the message whose button or menu it answers. */
  responder(given: Address, person: Person, pressed?: Entry): Responder {
    let address = given;
    return {
      prepare: () => Promise.resolve(),
      acknowledge: () => this.say(address, { text: 'One moment …', progress: WAITING }),
      reply: async (outbound, { private: alone = false } = {}) => {
        // A sheet of votes, two dreams to choose from: the next one takes its place.
        const inPlace = alone && pressed?.audience === person.id && outbound.tone !== 'problem';
        const at = inPlace ? { ...address, message: pressed.message.id } : address;
        await this.say(at, outbound, alone ? { audience: person.id } : {});
      },
      dismiss: () => Promise.resolve(),
      forget: async () => {
        await this.#forget(person);
        // That it is done is said after all that.
        address = this.addressFor(person);
      },
    };
  }

  /** Removes what the person said, and what was answered; what is on its way is not said any more. */
  async #forget({ id: person }: Person): Promise<void> {
    const { conversation, forgotten, onRemoved } = this.parts;
    await forgotten.note(person, conversation.newId());
    const own = conversation.entries().filter(({ message }) => message.author?.id === person);
    const lines = new Set(own.map(({ message }) => message.id));
    await conversation.remove(
      ({ message, audience, asked = '', askedBy }) =>
        lines.has(message.id) || lines.has(asked) || [audience, askedBy].includes(person),
    );
    onRemoved();
  }

  /** Puts a message of the bot there, or edits it. */
  async say(
    address: Address,
    outbound: Outbound,
    kept: Partial<Pick<Entry, 'audience' | 'delivery'>> = {},
  ): Promise<Address> {
    const { conversation, forgotten, previews } = this.parts;
    const id = messageOf(address);
    if (forgotten.covers(address)) return address;
    const before = conversation.get(id);
    const { picture: given, document, ...said } = outbound;
    const { progress } = said;
    // So much has been said since that its message is gone; its end is told all the same.
    if (progress && !conversation.hasRoomFor(id)) return address;
    const upload = progress ? undefined : await this.#upload(outbound);
    const picture = given && (await this.#picture(id, given, { before, upload }));
    const audience = kept.audience ?? before?.audience ?? null;
    const entry: Entry = {
      ...kept,
      audience,
      ...(typeof address['asked'] === 'string' ? { asked: address['asked'] } : {}),
      ...(typeof address['person'] === 'string' ? { askedBy: address['person'] } : {}),
      ...(upload === undefined ? {} : { uploads: [upload] }),
      message: {
        ...said,
        id,
        author: null,
        at: progress && before ? before.message.at : Date.now(),
        private: audience !== null,
        ...(picture && { picture }),
        ...(document && upload !== undefined
          ? { document: { source: `/uploads/${upload}`, name: document.name } }
          : {}),
      },
    };
    // Since it was begun, its person may have wanted all forgotten.
    if (forgotten.covers(address)) {
      previews.drop(id);
      await this.parts.space.release(entry.uploads ?? []);
      return address;
    }
    const replaced = conversation.get(id)?.uploads ?? [];
    // Steps of progress come often, and mean nothing after a restart.
    if (progress && before) conversation.show(entry);
    else await conversation.put(entry);
    if (progress) return address;
    previews.drop(id);
    await this.parts.space.release(replaced);
    return address;
  }

  /** The end of an order: at its message, where an earlier attempt put it, or at the end. */
  async deliver(address: Address, outbound: Outbound, key: string): Promise<void> {
    const { conversation, forgotten } = this.parts;
    const asked = messageOf(address);
    if (forgotten.covers(address)) return;
    const delivered = conversation.find(({ delivery }) => delivery === key)?.message.id;
    const inPlace = delivered === undefined ? conversation.hasRoomFor(asked) : delivered === asked;
    const message = delivered ?? (inPlace ? asked : conversation.newId());
    // So much has been said since that its message is gone: whoever asked is named.
    const text = inPlace ? outbound.text : `**${String(address['name'])}**: ${outbound.text}`;
    await this.say({ ...address, message }, { ...outbound, text }, { delivery: key });
  }

  /** Says in the room what answers nobody; once, however often it is tried. */
  async announce(outbound: Outbound, key: string): Promise<void> {
    const { conversation } = this.parts;
    if (conversation.find(({ delivery }) => delivery === key)) return;
    await this.say({ message: conversation.newId() }, outbound, { delivery: key });
  }

  /** What the store does not have stays with the message. */
  async #upload({ picture, document }: Outbound): Promise<string | undefined> {
    const { space } = this.parts;
    if (picture?.id === null) return space.keepOwn((await picture.fileWithin(FILE_LIMIT)).bytes);
    return document && space.keepOwn(Buffer.from(document.text));
  }

  async #picture(
    message: string,
    picture: OutboundPicture,
    { before, upload }: { before: Entry | undefined; upload: string | undefined },
  ): Promise<WirePicture> {
    const { id, beforeId, name, alt, spoiler } = picture;
    if (id !== null && !STORED_PICTURE.test(id)) throw new Error(`${id} is no id of a picture`);
    const bytes =
      id === null
        ? (await picture.fileWithin(upload === undefined ? PREVIEW_LIMIT : FILE_LIMIT)).bytes
        : await this.parts.pictures.read(id);
    const source =
      id !== null
        ? `/pictures/${id}`
        : upload === undefined
          ? `/previews/${this.parts.previews.add(message, bytes)}`
          : `/uploads/${upload}`;
    const known = before?.message.picture;
    const size = known?.source === source ? known : await sharp(bytes).metadata();
    return {
      source,
      name: `${name}.${pictureType(bytes)?.replace(/^.*\//, '') ?? 'png'}`,
      alt,
      spoiler,
      preview: id === null && upload === undefined,
      ...(beforeId !== undefined && STORED_PICTURE.test(beforeId)
        ? { before: `/pictures/${beforeId}` }
        : {}),
      ...(size.width !== undefined && size.height !== undefined
        ? { width: size.width, height: size.height }
        : {}),
    };
  }
}

const WAITING = { fraction: null, eta: null } as const;

function messageOf({ message }: Address): string {
  if (typeof message === 'string' && /^[0-9a-z]{9,12}$/.test(message)) return message;
  throw new Undeliverable('the address is none of the web chat');
}
