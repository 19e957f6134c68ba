/** What the people who run the bot look at: /healthz, /readyz, /metrics. */
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Platform } from '../chat/platform.ts';
import type { Observer } from '../studio/observer.ts';
import type { Studio } from '../studio/studio.ts';

export interface Metrics {
  readonly registry: Registry;
  readonly observer: Observer;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const buckets = [1, 2, 5, 10, 20, 60, 120, 300, 900, 3600];
  const render = new Histogram({
    name: 'dream_render_seconds',
    help: 'Wall-clock seconds of a render',
    buckets,
    registers,
  });
  const wait = new Histogram({
    name: 'dream_wait_seconds',
    help: 'Seconds from an order to the start of its render',
    buckets,
    registers,
  });
  const failures = new Counter({
    name: 'dream_failures_total',
    help: 'Orders that failed, by code',
    labelNames: ['code'],
    registers,
  });
  const orders = new Counter({
    name: 'dream_orders_total',
    help: 'Orders that came into the queue',
    registers,
  });
  const observer: Observer = {
    queued: () => {
      orders.inc();
    },
    rendered: (seconds) => {
      render.observe(seconds);
    },
    waited: (seconds) => {
      wait.observe(seconds);
    },
    failed: (code) => {
      failures.inc({ code });
    },
  };
  return { registry, observer };
}

export function serveOperations(
  app: FastifyInstance,
  {
    metrics,
    studio,
    platforms,
  }: { metrics: Metrics; studio: Studio; platforms: readonly Platform[] },
): void {
  const { registry } = metrics;
  const registers = [registry];
  const waiting = new Gauge({ name: 'dream_queue_waiting', help: 'Orders that wait', registers });
  const rendering = new Gauge({
    name: 'dream_queue_rendering',
    help: 'Orders being rendered',
    registers,
  });
  app.get('/healthz', () => ({ ok: true }));
  app.get('/readyz', async (_, reply) => {
    const connections = Object.fromEntries(platforms.map((each) => [each.name, each.ready()]));
    const ok = Object.values(connections).every(Boolean);
    return reply.code(ok ? 200 : 503).send({ ok, connections });
  });
  app.get('/metrics', async (_, reply) => {
    const queue = await studio.queue();
    waiting.set(queue.waiting.length);
    rendering.set(queue.rendering.length);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
