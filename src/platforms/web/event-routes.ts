/** What people do besides typing lines: pressing buttons, choosing from menus, completing options. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { isVisible } from './conversation.ts';
import type { Entry } from './conversation.ts';
import { Refused } from './refusal.ts';
import { PLACE } from './room.ts';
import type { Served } from './served.ts';

const BODY_LIMIT = 16_384;

const pressed = z.object({
  message: z.string().max(20),
  action: z.string().max(100),
  choice: z.string().max(200).optional(),
});

const typing = z.object({
  command: z.string().max(40),
  subcommand: z.string().max(40).optional(),
  option: z.string().max(40),
  text: z.string().max(500),
  /** JSON of the other options. */
  values: z
    .string()
    .max(4000)
    .default('{}')
    .transform(asJson)
    .pipe(z.record(z.string(), z.string())),
});

export function eventRoutes(app: FastifyInstance, served: Served): void {
  app.post('/api/actions', { bodyLimit: BODY_LIMIT }, async (request, reply) => {
    const handler = served.handler();
    const person = served.personOf(request);
    const { message, action, choice } = parsed(pressed, request.body);
    const entry = served.conversation.get(message);
    if (!entry || !isVisible(entry, person.id) || !offers(entry, action, choice)) {
      throw new Refused(409, 'That button is gone.', 'The message has changed meanwhile.');
    }
    const address = served.room.addressFor(person, entry.asked);
    const responder = served.room.responder(address, person, entry);
    const event = { id: randomUUID(), person, place: PLACE, address, responder, action };
    await handler.handle({
      kind: 'action',
      ...event,
      ...(choice === undefined ? {} : { choice }),
    });
    return reply.code(204).send();
  });

  app.get('/api/completions', async (request, reply) => {
    const handler = served.handler();
    const person = served.personOf(request);
    const { subcommand, ...asked } = parsed(typing, request.query);
    void reply.header('cache-control', 'no-store');
    return handler.complete({
      person,
      place: PLACE,
      ...asked,
      ...(subcommand === undefined ? {} : { subcommand }),
    });
  });
}

function offers({ message: { buttons, menu } }: Entry, action: string, choice?: string): boolean {
  if (choice === undefined) return (buttons ?? []).some((button) => button.action === action);
  return menu?.action === action && menu.choices.some(({ value }) => value === choice);
}

function parsed<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refused(400, 'The request could not be read.', z.prettifyError(result.error));
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
