/**
 * The pages of contests that are over, read-only and for anybody: a proxy may show /gallery/ to the
 * whole world. No cookies, no forms, no other part of the server; ids cannot be guessed.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Gallery } from '../../../chat/contests/gallery.ts';
import { bundle, FOR_EVER } from '../bundle.ts';
import { securityHeaders } from '../headers.ts';
import { contestPage, nothingPage } from './page.ts';
import { Busy, GalleryPictures } from './pictures.ts';
import type { Sized } from './pictures.ts';

const HEADERS = { ...securityHeaders("img-src 'self'"), 'x-robots-tag': 'noindex' };
const BUNDLE = { script: 'gallery.ts', style: 'gallery.css', path: '/gallery/assets/gallery' };

/** A picture never changes, but its author may have it deleted: a week is long enough. */
const PICTURES = 'public, max-age=604800, immutable';
const PAGES = 'no-cache';

const NAME = /^([0-9A-Za-z]{12})(\.json|\.csv)?$/;
const ENTRY = /^[1-9]\d{0,3}$/;

export function serveGallery(app: FastifyInstance, gallery: Gallery): void {
  const pictures = new GalleryPictures(gallery);
  void app.register(
    async (scope) => {
      const { style, script, icon } = await bundle(BUNDLE);
      const paths = { style: style.path, script: script.path, icon: icon.path };
      const nothing = (reply: FastifyReply): FastifyReply =>
        page(reply.code(404).header('cache-control', 'no-store'), nothingPage(paths));
      protect(scope, nothing);

      for (const { path, contentType, bytes } of [style, script, icon]) {
        scope.get(path.replace('/gallery', ''), (_, reply) =>
          reply.header('cache-control', FOR_EVER).type(contentType).send(Buffer.from(bytes)),
        );
      }
      scope.get<{ Params: { name: string } }>('/:name', async ({ params }, reply) => {
        const [, id, ending] = NAME.exec(params.name) ?? [];
        void reply.header('cache-control', PAGES);
        if (id === undefined) return nothing(reply);
        if (ending !== undefined) return sendTable(reply, gallery, { id, ending }, nothing);
        const contest = await gallery.contest(id);
        return contest ? page(reply, contestPage(contest, paths)) : nothing(reply);
      });
      pictureRoutes(scope, { gallery, pictures, nothing });
    },
    { prefix: '/gallery' },
  );
}

type Nothing = (reply: FastifyReply) => FastifyReply;

function protect(scope: FastifyInstance, nothing: Nothing): void {
  scope.addHook('onRequest', (_, reply, done) => {
    void reply.headers(HEADERS);
    done();
  });
  scope.setErrorHandler((error, request, reply) => {
    if (error instanceof Busy) return reply.code(503).header('retry-after', '5').send();
    request.log.error({ err: error }, 'the gallery failed');
    return reply.code(500).send();
  });
  scope.setNotFoundHandler((_, reply) => nothing(reply));
}

interface PictureParts {
  readonly gallery: Gallery;
  readonly pictures: GalleryPictures;
  readonly nothing: Nothing;
}

function pictureRoutes(scope: FastifyInstance, { gallery, pictures, nothing }: PictureParts): void {
  const send = (reply: FastifyReply, bytes: Uint8Array | null, type: string): FastifyReply =>
    bytes ? reply.header('cache-control', PICTURES).type(type).send(bytes) : nothing(reply);

  scope.get<{ Params: { id: string } }>('/:id/sheet', async ({ params: { id } }, reply) => {
    const sheet = NAME.test(id) ? await pictures.sheet(id) : null;
    // Names on it may have to go.
    return send(reply, sheet, 'image/png').header('cache-control', PAGES);
  });
  scope.get<{ Params: { id: string; entry: string; what: string } }>(
    '/:id/:entry/:what',
    async ({ params: { id, entry, what } }, reply) => {
      if (!NAME.test(id) || !ENTRY.test(entry)) return nothing(reply);
      const number = Number(entry);
      if (what === 'picture') return send(reply, await gallery.picture(id, number), 'image/png');
      if (!isSized(what)) return nothing(reply);
      return send(reply, await pictures.sized(id, number, what), 'image/webp');
    },
  );
}

function isSized(what: string): what is Sized {
  return ['small', 'large', 'before'].includes(what);
}

async function sendTable(
  reply: FastifyReply,
  gallery: Gallery,
  { id, ending }: { readonly id: string; readonly ending: string },
  nothing: Nothing,
): Promise<FastifyReply> {
  const text = await (ending === '.json' ? gallery.json(id) : gallery.csv(id));
  if (text === null) return nothing(reply);
  const type = ending === '.json' ? 'application/json' : 'text/csv; charset=utf-8';
  const name = `attachment; filename="contest-${id}${ending}"`;
  return reply.header('content-disposition', name).type(type).send(text);
}

function page(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(text);
}
