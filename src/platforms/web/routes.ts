/** The routes of the chat, in a scope of their own: its checks and headers are for them alone. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../kit/log.ts';
import { eventRoutes } from './event-routes.ts';
import type { EventStreams } from './event-stream.ts';
import { checkHost, checkSameOrigin, checkSameSite } from './guard.ts';
import { securityHeaders } from './headers.ts';
import { messageRoute } from './message-route.ts';
import type { Page } from './page.ts';
import { pageRoutes } from './page.ts';
import type { PictureSources } from './picture-routes.ts';
import { pictureRoutes } from './picture-routes.ts';
import { answerFailures } from './refusal.ts';
import type { Served } from './served.ts';

export interface RouteParts {
  readonly served: Served;
  readonly sources: PictureSources;
  readonly streams: EventStreams;
  readonly hosts: readonly string[];
  readonly log: Logger;
  /** Undefined until the chat has started. */
  readonly page: () => Page | undefined;
}

export function addRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { served, sources, streams, page } = parts;
  void app.register(async (scope) => {
    guard(scope, parts);
    pageRoutes(scope, page);
    pictureRoutes(scope, served, sources);
    eventRoutes(scope, served);
    scope.get('/api/events', { exposeHeadRoute: false }, (request, reply) => {
      served.handler();
      streams.serve(request, reply, served.personOf(request));
    });
    await messageRoute(scope, served);
  });
  app.addHook('preClose', (done) => {
    streams.close();
    done();
  });
}

const HEADERS = securityHeaders("img-src 'self' blob:", "connect-src 'self'");

function guard(scope: FastifyInstance, { hosts, log }: RouteParts): void {
  answerFailures(scope, log);
  scope.addHook('onRequest', (request, reply, done) => {
    void reply.headers(HEADERS);
    checkHost(request, hosts);
    // A link from anywhere may open the page; it shows nothing by itself.
    if (request.method !== 'GET' && request.method !== 'HEAD') checkSameOrigin(request);
    else if (request.routeOptions.url !== '/') checkSameSite(request);
    done();
  });
}
