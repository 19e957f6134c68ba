/** GET /pictures/<order>/<result or source>, /previews/<name>, /uploads/<name> */
import type { FastifyInstance } from 'fastify';
import { isVisible } from './conversation.ts';
import type { Previews } from './pictures.ts';
import { noPicture, sendDocument, sendPicture } from './pictures.ts';
import { STORED_PICTURE } from './room.ts';
import type { Served } from './served.ts';

export interface PictureSources {
  readonly previews: Previews;
  readonly pictures: { read(id: string): Promise<Uint8Array> };
}

export function pictureRoutes(
  app: FastifyInstance,
  served: Served,
  { previews, pictures }: PictureSources,
): void {
  const { conversation, uploads } = served;

  app.get<{ Params: { '*': string } }>('/pictures/*', async (request, reply) => {
    served.personOf(request);
    const id = request.params['*'];
    if (!STORED_PICTURE.test(id)) throw noPicture();
    return sendPicture(reply, await pictures.read(id).catch(missing), 'immutable');
  });

  app.get<{ Params: { name: string } }>('/previews/:name', async (request, reply) => {
    served.personOf(request);
    return sendPicture(reply, previews.get(request.params.name) ?? missing(), 'no-store');
  });

  app.get<{ Params: { name: string } }>('/uploads/:name', async (request, reply) => {
    const person = served.personOf(request);
    const { name } = request.params;
    const entry = conversation.find(({ uploads: kept = [] }) => kept.includes(name));
    if (!entry || !isVisible(entry, person.id)) throw noPicture();
    const bytes = await uploads.read(name).catch(missing);
    const { document } = entry.message;
    return document
      ? sendDocument(reply, bytes, document.name)
      : sendPicture(reply, bytes, 'immutable');
  });
}

function missing(): never {
  throw noPicture();
}
