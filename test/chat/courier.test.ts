import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Courier } from '../../src/chat/courier.ts';
import type { CourierStudio } from '../../src/chat/courier.ts';
import type { Responder } from '../../src/chat/inbound.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import { Undeliverable } from '../../src/chat/platform.ts';
import type { Delivery, Platform } from '../../src/chat/platform.ts';
import { presets } from '../../src/dream/presets.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { silentLog } from '../../src/kit/log.ts';
import type { Order, OrderFailure, OrderUpdate } from '../../src/studio/order.ts';

const ORDER: Order = {
  id: 'abcdefghijkl',
  requester: { id: 'ann', name: 'Ann' },
  place: { platform: 'stage', channel: 'main' },
  address: { message: 1 },
  job: { kind: 'dream', model: 'm', recipe: presets.default, size: 64, deepLayers: false },
  source: { from: 'clouds' },
  event: 'e1',
  spoiler: false,
  state: 'queued',
  createdAt: Date.now(),
  updatedAt: 0,
  crashes: 0,
  deliveryBegun: false,
};

const RESULT = {
  rows: 1,
  columns: 1,
  formula: 'mixed3',
  notices: [],
  engine: 'e',
  seconds: 1,
  scores: [1],
};

/** One order whose updates are given, and all that is asked of the studio. */
function studioOf(order: Order, updates: readonly OrderUpdate[]) {
  const calls: string[] = [];
  let stored = order;
  const studio: CourierStudio = {
    order: () => Promise.resolve(stored),
    undelivered: () => Promise.resolve(stored.state === 'delivered' ? [] : [stored]),
    // eslint-disable-next-line @typescript-eslint/require-await
    async *watch(_, signal) {
      for (const update of updates) {
        if (signal?.aborted) return;
        if (update.state === 'rendered') stored = { ...stored, state: 'rendered', result: RESULT };
        yield update;
      }
    },
    supply: () => {
      calls.push('supply');
      return Promise.resolve();
    },
    fail: (_, failure: OrderFailure) => {
      calls.push(`fail ${failure.code}`);
      stored = { ...stored, state: 'failed', failure };
      return Promise.resolve();
    },
    result: () => Promise.resolve(new Uint8Array([1])),
    readdress: (_, address) => {
      calls.push(`readdress ${JSON.stringify(address)}`);
      stored = { ...stored, address };
      return Promise.resolve();
    },
    beginDelivery: () => {
      calls.push('begin');
      stored = { ...stored, deliveryBegun: true };
      return Promise.resolve();
    },
    delivered: () => {
      calls.push('delivered');
      stored = { ...stored, state: 'delivered' };
      return Promise.resolve();
    },
  };
  return { studio, calls, stored: () => stored };
}

/** A platform that fails as it is told to. */
function stage(failures: readonly Error[] = [], fetched?: Error) {
  const waiting = [...failures];
  const delivered: { outbound: Outbound; delivery: Delivery; address: unknown }[] = [];
  const shown: Outbound[] = [];
  const platform: Platform = {
    name: 'stage',
    editInterval: 0,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    ready: () => true,
    show: (address, outbound) => {
      shown.push(outbound);
      return Promise.resolve({ ...address, message: 2 });
    },
    deliver: (address, outbound, delivery) => {
      delivered.push({ outbound, delivery, address });
      const failure = waiting.shift();
      return failure ? Promise.reject(failure) : Promise.resolve();
    },
    announce: () => Promise.resolve(),
    fetch: () => (fetched ? Promise.reject(fetched) : Promise.resolve(new Uint8Array([1]))),
  };
  return { platform, delivered, shown };
}

function responder(failure?: Error) {
  const calls: string[] = [];
  const answer: Responder = {
    acknowledge: () => {
      calls.push('acknowledge');
      return failure ? Promise.reject(failure) : Promise.resolve({ message: 7 });
    },
    reply: () => Promise.resolve(),
    prepare: () => Promise.resolve(),
    dismiss: () => {
      calls.push('dismiss');
      return Promise.resolve();
    },
  };
  return { answer, calls };
}

function courierOf(studio: CourierStudio, platform: Platform): Courier {
  return new Courier({ studio, platforms: [platform], log: silentLog, minTimeout: 0, pause: 0 });
}

const DONE: readonly OrderUpdate[] = [
  { state: 'queued', ahead: 1, eta: 10 },
  { state: 'rendering', fraction: 0.5, eta: 5, octave: 0, octaves: 2 },
  { state: 'rendered' },
];

describe('the courier', () => {
  it('acknowledges, shows how it goes, and delivers where the message stands by then', async () => {
    const { studio, calls } = studioOf(ORDER, DONE);
    const { platform, delivered, shown } = stage();
    const courier = courierOf(studio, platform);
    const { answer } = responder();
    await courier.acknowledge(ORDER, answer);
    await courier.settled();
    expect(shown.length).toBeGreaterThan(0);
    expect(calls[0]).toBe('readdress {"message":7}');
    expect(calls.slice(-2)).toEqual(['begin', 'delivered']);
    expect(delivered).toHaveLength(1);
    expect(delivered[0]).toMatchObject({
      address: { message: 2 },
      delivery: { key: ORDER.id, again: false, person: 'ann' },
    });
  });

  it('says nothing of a render that is over in a moment', async () => {
    const { studio } = studioOf(ORDER, [
      { state: 'rendering', fraction: 0, eta: 0.9, octave: 1, octaves: 2 },
      { state: 'rendering', fraction: 0.5, eta: 0.4, octave: 1, octaves: 2 },
      { state: 'rendered' },
    ]);
    const { platform, delivered, shown } = stage();
    const courier = courierOf(studio, platform);
    courier.follow(ORDER);
    await courier.settled();
    expect(shown).toEqual([]);
    expect(delivered).toHaveLength(1);
  });

  it('goes on where the acknowledgement failed', async () => {
    const { studio, stored } = studioOf(ORDER, DONE);
    const { platform } = stage();
    const courier = courierOf(studio, platform);
    await courier.acknowledge(ORDER, responder(new Error('unknown interaction')).answer);
    await courier.settled();
    expect(stored().state).toBe('delivered');
  });

  it('follows the same order once', async () => {
    const { studio } = studioOf(ORDER, DONE);
    const { platform, delivered } = stage();
    const courier = courierOf(studio, platform);
    const twice = responder();
    await courier.acknowledge(ORDER, responder().answer);
    await courier.acknowledge(ORDER, twice.answer);
    await courier.resume();
    await courier.settled();
    expect(twice.calls).toEqual(['dismiss']);
    expect(delivered).toHaveLength(1);
  });

  it('is followed by its acknowledgement alone, also where a look for others comes in between', async () => {
    const { studio } = studioOf(ORDER, DONE);
    const { platform, delivered } = stage();
    const courier = courierOf(studio, platform);
    let answer = (): void => undefined;
    const slow: Responder = {
      ...responder().answer,
      acknowledge: () =>
        new Promise((resolve) => {
          answer = () => {
            resolve({ message: 7 });
          };
        }),
    };
    const acknowledged = courier.acknowledge(ORDER, slow);
    await courier.resume();
    expect(delivered).toHaveLength(0);
    answer();
    await acknowledged;
    await courier.settled();
    expect(delivered).toHaveLength(1);
  });

  it('notes down a delivery that gets through while it is told to stop', async () => {
    const { studio, stored } = studioOf(ORDER, DONE);
    const { platform } = stage();
    let arrive = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      platform.deliver = () => {
        resolve();
        return new Promise((through) => (arrive = through));
      };
    });
    const courier = courierOf(studio, platform);
    courier.follow(ORDER);
    await begun;
    const stopped = courier.stop();
    arrive();
    await stopped;
    expect(stored().state).toBe('delivered');
  });

  it('tries a delivery again, and says so', async () => {
    const { studio, stored } = studioOf(ORDER, DONE);
    const { platform, delivered } = stage([new Error('500'), new Error('reset')]);
    const courier = courierOf(studio, platform);
    courier.follow(ORDER);
    await courier.settled();
    expect(delivered.map(({ delivery }) => delivery.again)).toEqual([false, true, true]);
    expect(stored().state).toBe('delivered');
  });

  it('says so where the picture that was rendered is not there any more', async () => {
    const { studio, stored } = studioOf(ORDER, DONE);
    studio.result = () => Promise.reject(new DreamError('unknown-order', 'it is not there'));
    const { platform } = stage();
    const told: Outbound[] = [];
    platform.deliver = async (_, outbound) => {
      await outbound.picture?.fileWithin(1e6);
      told.push(outbound);
    };
    const courier = courierOf(studio, platform);
    courier.follow(ORDER);
    await courier.settled();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ tone: 'problem', buttons: [{ label: 'Try again' }] });
    expect(stored().state).toBe('delivered');
  });

  it('looks first where an earlier process may have delivered', async () => {
    const order = { ...ORDER, state: 'rendered', result: RESULT, deliveryBegun: true } as const;
    const { studio } = studioOf(order, [{ state: 'rendered' }]);
    const { platform, delivered } = stage();
    const courier = courierOf(studio, platform);
    await courier.resume();
    await courier.settled();
    expect(delivered[0]!.delivery.again).toBe(true);
  });

  it('gives up where nothing can help, and goes on with what may yet be delivered', async () => {
    const gone = studioOf(ORDER, DONE);
    const lost = stage([new Undeliverable('channel deleted')]);
    const courier = courierOf(gone.studio, lost.platform);
    courier.follow(ORDER);
    await courier.settled();
    expect(lost.delivered).toHaveLength(1);
    expect(gone.stored().state).toBe('delivered');

    const later = studioOf(ORDER, DONE);
    const down = stage(Array.from({ length: 20 }, () => new Error('503')));
    const patient = courierOf(later.studio, down.platform);
    patient.follow(ORDER);
    await patient.settled();
    expect(down.delivered.map(({ delivery }) => delivery.again)).toEqual([
      false,
      ...Array.from({ length: 20 }, () => true),
    ]);
    expect(later.stored().state).toBe('delivered');
  });

  it.each(['order', 'watch', 'beginDelivery', 'delivered'] as const)(
    'takes an order up again where the database failed at %s, and says nothing twice',
    async (method) => {
      const { studio, stored } = studioOf(ORDER, DONE);
      let failures = 10;
      const lost = (): boolean => failures-- > 0;
      const { watch } = studio;
      const failing: CourierStudio = {
        ...studio,
        [method]: async (id: string) => {
          const answer = await studio[method as 'order'](id);
          // It was taken, and the answer was lost.
          if (lost()) throw new Error('connection lost');
          return answer;
        },
      };
      if (method === 'watch') {
        failing.watch = async function* (...args) {
          if (lost()) throw new Error('connection lost');
          yield* watch(...args);
        };
      }
      const { platform, delivered } = stage();
      const courier = courierOf(failing, platform);
      await courier.acknowledge(ORDER, responder().answer);
      await courier.settled();
      expect(stored().state).toBe('delivered');
      // Whatever may have got through is looked for before.
      expect(delivered.filter(({ delivery }) => !delivery.again).length).toBeLessThanOrEqual(1);
    },
  );

  it('speaks where the message stands, also where that could not be noted down', async () => {
    const { studio } = studioOf(ORDER, DONE);
    studio.readdress = () => Promise.reject(new Error('connection lost'));
    const { platform, delivered } = stage();
    const places: unknown[] = [];
    platform.show = (address) => {
      places.push(address);
      return Promise.resolve(address);
    };
    const courier = courierOf(studio, platform);
    await courier.acknowledge(ORDER, responder().answer);
    await courier.settled();
    expect([...places, delivered[0]!.address]).not.toContainEqual({ message: 1 });
    expect(delivered[0]!.address).toEqual({ message: 7 });
  });

  it('tells nothing that is over where the watching failed', async () => {
    const { studio } = studioOf(ORDER, DONE);
    const watch = studio.watch.bind(studio);
    let looks = 0;
    studio.watch = async function* (...args) {
      if ((looks += 1) > 1) {
        yield* watch(...args);
        return;
      }
      yield { state: 'queued', ahead: 3, eta: 10 };
      yield { state: 'queued', ahead: 2, eta: 10 };
      throw new Error('connection lost');
    };
    const { platform, delivered, shown } = stage();
    const courier = courierOf(studio, platform);
    let told = -1;
    const deliver = platform.deliver.bind(platform);
    platform.deliver = (...said) => {
      told = shown.length;
      return deliver(...said);
    };
    courier.follow(ORDER);
    await courier.settled();
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    expect(delivered).toHaveLength(1);
    expect(shown).toHaveLength(told);
  });

  it('gives up after a week what nobody could deliver', async () => {
    const old = { ...ORDER, createdAt: Date.now() - 8 * 86_400_000 };
    const { studio, stored } = studioOf(old, DONE);
    const { platform, delivered } = stage(Array.from({ length: 20 }, () => new Error('503')));
    const courier = courierOf(studio, platform);
    courier.follow(old);
    await courier.settled();
    expect(delivered).toHaveLength(9);
    expect(stored().state).toBe('delivered');
  });

  const TO_FETCH: Order = {
    ...ORDER,
    state: 'received',
    source: { from: 'attachment', reference: 'r', name: 'a.png' },
  };

  it('asks for a picture again where the connection broke', async () => {
    const { studio, calls } = studioOf(TO_FETCH, DONE);
    const { platform } = stage();
    const lost = [1, 2].map(() => new DreamError('fetch-failed', 'the connection broke'));
    const fetch = platform.fetch.bind(platform);
    platform.fetch = (...asked) => {
      const failure = lost.shift();
      return failure ? Promise.reject(failure) : fetch(...asked);
    };
    const courier = courierOf(studio, platform);
    courier.follow(TO_FETCH);
    await courier.settled();
    expect(calls).toContain('supply');
    expect(calls).not.toContain('fail fetch-failed');
  });

  it('has few pictures in memory at once, however many orders wait for theirs', async () => {
    const { studio } = studioOf(TO_FETCH, DONE);
    studio.order = () => Promise.resolve(TO_FETCH);
    const { platform } = stage();
    const answers: (() => void)[] = [];
    platform.fetch = () =>
      new Promise((resolve) => {
        answers.push(() => {
          resolve(new Uint8Array([1]));
        });
      });
    const courier = courierOf(studio, platform);
    for (let id = 0; id < 20; id++) courier.follow({ ...TO_FETCH, id: `order ${id}` });
    await setImmediate();
    expect(answers).toHaveLength(4);
    for (let answered = 0; answered < 20; answered++) {
      answers[answered]!();
      await setImmediate();
    }
    await courier.settled();
    expect(answers).toHaveLength(20);
  });

  it('does not fetch what was cancelled while others were fetched', async () => {
    const { studio, calls } = studioOf({ ...TO_FETCH, state: 'cancelled' }, [
      { state: 'cancelled' },
    ]);
    const { platform, delivered } = stage([], new DreamError('fetch-failed', 'never asked for'));
    const courier = courierOf(studio, platform);
    courier.follow(TO_FETCH);
    await courier.settled();
    expect(calls).toEqual(['begin', 'delivered']);
    expect(delivered[0]!.outbound.text).toContain('cancelled');
  });

  it('tells why a picture could not be fetched', async () => {
    const order = TO_FETCH;
    const refused = studioOf(order, [{ state: 'failed' }]);
    const { platform, delivered } = stage(
      [],
      new DreamError('fetch-failed', 'status 404', 'Again.'),
    );
    const courier = courierOf(refused.studio, platform);
    courier.follow(order);
    await courier.settled();
    expect(refused.calls).toContain('fail fetch-failed');
    expect(delivered[0]!.outbound).toMatchObject({ tone: 'problem', text: 'Status 404.\nAgain.' });

    const broken = studioOf(order, [{ state: 'failed' }]);
    const defect = stage([], new TypeError('undefined is not a function'));
    const other = courierOf(broken.studio, defect.platform);
    other.follow(order);
    await other.settled();
    expect(defect.delivered[0]!.outbound.text).not.toContain('undefined');
  });

  it('brings a picture and its mask together, or a mask alone', async () => {
    const mask = { from: 'attachment', reference: 'm', name: 'm.png' } as const;
    const supplied: (Uint8Array | null | undefined)[][] = [];
    for (const source of [TO_FETCH.source, { from: 'clouds' }] as const) {
      const order: Order = { ...TO_FETCH, source, mask };
      const { studio } = studioOf(order, DONE);
      studio.supply = (_, ...files) => Promise.resolve(void supplied.push(files));
      const { platform } = stage();
      platform.fetch = ({ reference }) => Promise.resolve(Buffer.from(reference));
      const courier = courierOf(studio, platform);
      courier.follow(order);
      await courier.settled();
    }
    const [r, m] = [Buffer.from('r'), Buffer.from('m')];
    expect(supplied).toEqual([
      [r, m],
      [null, m],
    ]);
  });

  it('tells which of the two could not be fetched', async () => {
    const mask = { from: 'attachment', reference: 'm', name: 'm.png' } as const;
    const { studio, calls } = studioOf({ ...TO_FETCH, mask }, [{ state: 'failed' }]);
    const { platform, delivered } = stage();
    const fetch = platform.fetch.bind(platform);
    platform.fetch = (wanted, ...rest) =>
      wanted.reference === 'm'
        ? Promise.reject(new DreamError('bad-picture', 'it is no picture', 'Again.'))
        : fetch(wanted, ...rest);
    const courier = courierOf(studio, platform);
    courier.follow({ ...TO_FETCH, mask });
    await courier.settled();
    expect(calls).not.toContain('supply');
    expect(delivered[0]!.outbound.text).toBe('mask: it is no picture.\nAgain.');
  });

  it('leaves to the next start what a stop interrupts', async () => {
    const { studio, stored } = studioOf(ORDER, [{ state: 'queued', ahead: 0, eta: null }]);
    const { platform, delivered } = stage();
    const courier = courierOf(studio, platform);
    courier.follow(ORDER);
    await courier.stop();
    expect(delivered).toHaveLength(0);
    expect(stored().state).toBe('queued');
  });
});
