import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../kit/log.ts';
import type { Refusal } from './wire.ts';

/** A request that is not carried out, in words for whoever sent it. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly status: number,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

const TOO_LARGE = 413;

/** Every failure of a route is answered as JSON; what went wrong inside is logged, not told. */
export function answerFailures(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof Refused) {
      const { message, hint } = error;
      const refusal: Refusal = hint === undefined ? { message } : { message, hint };
      return reply.code(error.status).send(refusal);
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      log.error({ err: error, route: request.routeOptions.url }, 'a request failed');
    }
    return reply.code(status).send({ message: wordsFor(status) } satisfies Refusal);
  });
}

function wordsFor(status: number): string {
  if (status === TOO_LARGE) return 'That is too large to send.';
  return status < 500 ? 'The request could not be read.' : 'Something went wrong on our side.';
}
