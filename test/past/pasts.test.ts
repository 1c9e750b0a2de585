// The pasts that are open: few, shared, opened once, closed when nobody needs them.
import { expect, test } from 'vitest';
import type { Past } from '../../src/past/past.ts';
import { createPasts, type Moment } from '../../src/past/pasts.ts';
import { minute } from '../support/fixtures.ts';

function opener() {
  const opened: string[] = [];
  const closed: string[] = [];
  let busy = 0;
  let most = 0;
  const gates: (() => void)[] = [];
  const open = async (_tenant: string, position: string): Promise<Past> => {
    most = Math.max(most, ++busy);
    opened.push(position);
    await new Promise<void>((resolve) => gates.push(resolve));
    busy -= 1;
    if (position === 'broken') throw new Error('it cannot be opened');
    return {
      views: { position },
      readerOf: () => position,
      close: async () => void closed.push(position),
    } as unknown as Past;
  };
  return {
    open,
    opened,
    closed,
    most: () => most,
    next: () => expect.poll(() => gates.shift()?.() ?? gates.length).toBeDefined(),
  };
}

const at = (position: string, now = minute(1)): Moment => ({ tenant: 'acme', position, now });
const nothing = async () => 'done';
/** Lets one after the other be opened until `work` is done. */
async function opening<T>(one: ReturnType<typeof opener>, work: Promise<T>): Promise<T> {
  let done = false;
  const end = work.finally(() => {
    done = true;
  });
  end.catch(() => {});
  while (!done) {
    await one.next();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return end;
}

test('whoever asks for the same moment shares one past, and it is opened once', async () => {
  const one = opener();
  const pasts = createPasts(one.open);
  await opening(one, Promise.all([pasts.use(at('p1'), nothing), pasts.use(at('p1'), nothing)]));
  await pasts.use(at('p1'), nothing);
  expect(one.opened).toEqual(['p1']);
});

test('one is opened at a time', async () => {
  const one = opener();
  const pasts = createPasts(one.open, { kept: 3 });
  await opening(one, Promise.all(['p1', 'p2', 'p3'].map((position) => pasts.use(at(position), nothing))));
  expect(one.most()).toBe(1);
  expect(one.opened).toEqual(['p1', 'p2', 'p3']);
});

test('the one that was used longest ago makes room, and is closed', async () => {
  const one = opener();
  const pasts = createPasts(one.open, { kept: 2 });
  for (const position of ['p1', 'p2', 'p1', 'p3']) await opening(one, pasts.use(at(position), nothing));
  expect(one.opened).toEqual(['p1', 'p2', 'p3']);
  await expect.poll(() => one.closed).toEqual(['p2']);
  await pasts.close();
  expect(one.closed.sort()).toEqual(['p1', 'p2', 'p3']);
});

test('one that is still in use is closed after its last user', async () => {
  const one = opener();
  const pasts = createPasts(one.open, { kept: 1 });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const user = pasts.use(at('p1'), () => {
    begin();
    return held;
  });
  await opening(one, begun);
  await opening(one, pasts.use(at('p2'), nothing));
  expect(one.closed).toEqual([]);
  release();
  await user;
  await expect.poll(() => one.closed).toEqual(['p1']);
});

test('a past goes forward in time and never back: what had expired is gone from it', async () => {
  const one = opener();
  const pasts = createPasts(one.open);
  await opening(one, pasts.use(at('p1', minute(1)), nothing));
  await pasts.use(at('p1', minute(5)), nothing);
  expect(one.opened).toEqual(['p1']);
  await opening(one, pasts.use(at('p1', minute(1)), nothing));
  expect(one.opened).toEqual(['p1', 'p1']);
});

test('one that cannot be opened is tried again by the next', async () => {
  const one = opener();
  const pasts = createPasts(one.open);
  await expect(opening(one, pasts.use(at('broken'), nothing))).rejects.toThrow('it cannot be opened');
  await expect(opening(one, pasts.use(at('broken'), nothing))).rejects.toThrow('it cannot be opened');
  expect(one.opened).toEqual(['broken', 'broken']);
});

test('more than there is room for are refused, and all when the server stops', async () => {
  const one = opener();
  const pasts = createPasts(one.open, { waiting: 2 });
  const waiting = Promise.all([pasts.use(at('p1'), nothing), pasts.use(at('p2'), nothing)]);
  await expect(pasts.use(at('p3'), nothing)).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { limit: 2 } });
  await opening(one, waiting);
  await pasts.close();
  await expect(pasts.use(at('p1'), nothing)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
