import type { FastifyRequest } from 'fastify';
import type { Command } from '../../chat/command.ts';
import type { Handler, Person } from '../../chat/inbound.ts';
import type { Conversation } from './conversation.ts';
import type { Room } from './room.ts';
import type { UploadSpace } from './upload-space.ts';
import type { Uploads } from './uploads.ts';

/** What the routes of the chat work with. */
export interface Served {
  readonly commands: readonly Command[];
  readonly conversation: Conversation;
  readonly room: Room;
  readonly uploads: Uploads;
  readonly space: UploadSpace;
  /** Bytes. */
  readonly maxPicture: number;
  /** The same of a file for a command that takes any. */
  readonly maxFile: number;
  /** @throws Refused for a stranger. */
  personOf(request: FastifyRequest): Person;
  /** @throws Refused before the chat is started, and when it is being stopped. */
  handler(): Handler;
}
