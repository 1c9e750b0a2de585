import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHandoffExpiry, type HandoffExpiryOptions } from '../../src/commands/handoff-expiry.ts';
import { createOpenOffers } from '../../src/commands/open-offers.ts';
import { decode } from '../../src/events/codec.ts';
import { anEvent, at, minute } from '../support/fixtures.ts';
import { logs, openWorld, type World } from './world.ts';

describe.each(Object.entries(logs))('on the log %s', (_, open) => {
  let world: World;
  let now = 0;
  let stops: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    world = await openWorld(open);
    await world.join('press', ['writer']);
    pass(0);
  });
  afterEach(async () => {
    await Promise.all(stops.map((stop) => stop()));
    stops = [];
    await world.close();
  });

  const pass = (minutes: number) => {
    now = minutes;
    world.setTime(minutes);
  };
  const offer = async (ttl?: number) =>
    (await world.as('ann').offerHandoff({ to: { team: 'press' }, task: 'Write', ttl: ttl ?? null })).handoff.id;

  /** A sweeper whose timers the test rings. */
  function sweeper(options: Partial<HandoffExpiryOptions> = {}) {
    const timers = new Map<number, { milliseconds: number; work: () => void }>();
    let set = 0;
    const warn = vi.fn();
    const expiry = createHandoffExpiry({
      log: world.log,
      clock: () => new Date(minute(now)),
      logger: { warn },
      after: (milliseconds, work) => {
        const id = ++set;
        timers.set(id, { milliseconds, work });
        return () => timers.delete(id);
      },
      ...options,
    });
    stops.push(expiry.stop);
    const waiting = () => [...timers.values()].map(({ milliseconds }) => milliseconds);
    return {
      ...expiry,
      warn,
      waiting,
      /** Resolves when it has nothing to do before so many milliseconds have passed. */
      untilWaiting: (milliseconds: number) => vi.waitFor(() => expect(waiting()).toEqual([milliseconds]), 20_000),
      ring: () => {
        const all = [...timers];
        timers.clear();
        for (const [, { work }] of all) work();
      },
    };
  }

  const expired = async () => {
    const { events } = await world.log.read({ after: null, categories: ['handoff'], limit: 1_000 });
    return events.filter(({ type }) => type === 'handoff.expired');
  };
  const expiredIds = async () => (await expired()).map(({ stream }) => stream.split('+')[1]);

  test('records what expired while no server ran', async () => {
    const gone = await offer(60);
    await offer(180);
    await offer();
    const taken = await offer(60);
    await world.as('writer').acceptHandoff({ id: taken });
    pass(2);
    const expiry = sweeper();
    expiry.start();
    await expiry.untilWaiting(200);
    expiry.ring();
    await expiry.untilWaiting(60_000);
    expect(await expiredIds()).toEqual([gone]);
    const [event] = await expired();
    expect(event && decode(event)).toMatchObject({
      at: { recordedAt: minute(2), revision: 1, actor: '$server', tenant: 'acme' },
      metadata: { causationId: expect.any(String) },
    });
  });

  test('records each when its time has come, those offered since too', async () => {
    const expiry = sweeper();
    expiry.start();
    await expiry.untilWaiting(60_000);
    const first = await offer(30);
    await expiry.untilWaiting(200);
    expiry.ring();
    await expiry.untilWaiting(30_000);
    pass(0.5);
    expiry.ring();
    await vi.waitFor(async () => expect(await expiredIds()).toEqual([first]), 20_000);
    pass(0.6);
    const second = await offer(1);
    pass(1);
    await vi.waitFor(async () => {
      expiry.ring();
      expect(await expiredIds()).toEqual([first, second]);
    });
  });

  test('several servers that sweep at once append one event', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => offer(60)));
    pass(2);
    const sweepers = [sweeper(), sweeper(), sweeper()];
    for (const { start } of sweepers) start();
    await vi.waitFor(() => {
      for (const { ring, waiting } of sweepers) {
        if (!waiting().includes(60_000)) ring();
        expect(waiting()).toEqual([60_000]);
      }
    }, 20_000);
    expect((await expiredIds()).sort()).toEqual(ids.sort());
    for (const { warn } of sweepers) expect(warn).not.toHaveBeenCalled();
  });

  test('races who accepts, and one of them is first', async () => {
    const id = await offer(60);
    pass(1);
    const expiry = sweeper();
    const [accepting] = await Promise.allSettled([world.as('writer').acceptHandoff({ id }), expiry.start()]);
    expect(accepting).toMatchObject({ status: 'rejected', reason: { message: `the handoff expired at ${minute(1)}` } });
    await vi.waitFor(async () => expect(await expiredIds()).toEqual([id]), 20_000);
  });

  test('keeps few in memory and records all the same', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 20; n++) ids.push(await offer(60 + n));
    const expiry = sweeper({ mostOffers: 4 });
    expiry.start();
    pass(2);
    await vi.waitFor(async () => {
      expiry.ring();
      expect(await expiredIds()).toEqual(ids);
    }, 20_000);
  });

  test('goes on when the log is back, waiting longer each time', async () => {
    const id = await offer(60);
    pass(2);
    const append = vi.spyOn(world.log, 'append').mockRejectedValue(new Error('the disk is full'));
    const expiry = sweeper();
    expiry.start();
    for (const milliseconds of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      await expiry.untilWaiting(milliseconds);
      expiry.ring();
    }
    await expiry.untilWaiting(60_000);
    append.mockRestore();
    expiry.ring();
    await vi.waitFor(async () => expect(await expiredIds()).toEqual([id]), 20_000);
    expect(expiry.warn).toHaveBeenCalledTimes(9);
  });

  test('does nothing any more once it is stopped', async () => {
    await offer(60);
    const expiry = sweeper();
    expiry.start();
    await expiry.stop();
    pass(2);
    expiry.ring();
    await world.join('press', ['editor']);
    expect(expiry.waiting()).toEqual([]);
    expect(await expired()).toEqual([]);
  });
});

test('with its own timers it records what expires while it runs', async () => {
  const world = await openWorld();
  await world.join('press', ['writer']);
  const begin = Date.now();
  world.setTime((begin - Date.parse(minute(0))) / 60_000);
  const expiry = createHandoffExpiry({ log: world.log, clock: () => new Date() });
  expiry.start();
  await world.as('ann').offerHandoff({ to: { team: 'press' }, task: 'Write', ttl: 1 });
  await expect.poll(async () => (await world.events()).at(-1)?.type, { timeout: 10_000 }).toBe('handoff.expired');
  await expiry.stop();
  await world.close();
});

test('of very many offers those that expire soonest are kept, and then the next', () => {
  const offers = createOpenOffers(4);
  let position = 0;
  const offered = (minutes: number) =>
    decode({
      ...anEvent({
        type: 'handoff.offered',
        data: {
          to: { agent: 'writer', team: null },
          task: 'Write',
          context: {},
          memories: [],
          session: null,
          pinnedAt: at(0),
          expiresAt: minute(minutes),
          withheld: [],
        },
      }),
      stream: `handoff-acme+h${minutes}`,
      revision: 0,
      position: at(++position),
    });
  const take = (...minutes: number[]) => {
    for (const event of minutes.map(offered)) if (event !== null) offers.take(event);
  };
  const due = () => offers.due(minute(9)).map(({ id }) => id);
  const dropAll = () => {
    for (const offer of offers.due(minute(9))) offers.drop(offer);
  };

  take(5, 1, 4, 2, 3);
  expect(due()).toEqual(['h1', 'h2']);
  take(6, 0);
  expect(offers.next()).toBe(minute(0));
  dropAll();
  expect([offers.isExhausted(), offers.next()]).toEqual([true, null]);

  offers.reset(at(position));
  expect(offers.isExhausted()).toBe(false);
  position = 0;
  take(5, 1, 4, 2, 3, 6, 0);
  expect(due().sort()).toEqual(['h3', 'h4', 'h5', 'h6']);
  take(1);
  expect(due()).toContain('h1');
});
