// The time of day is set, forward or back, while servers run: what waits, leases and gives up goes by a clock that nobody
// sets.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { leased, sharedLease, type Written } from '../projections/lease.ts';
import { MINUTE, naive } from '../projections/stage.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { memoryStorage, openMemoryLog } from '../support/memory-log.ts';
import { naiveStorage } from '../support/naive-views.ts';

const DAY = 24 * 60 * 60_000;
const NOON = Date.UTC(2026, 5, 1, 12);
const jumps = [
  ['forward', DAY],
  ['back', -DAY],
] as const;

let servers: TestApp[] = [];
let written: Written[] = [];
/** How often the last server asked for the lease. */
let asked = () => 0;

/** Only what tells the time of day is the test's; timers run as ever. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
  const [storage, kept, lease] = [memoryStorage(), naiveStorage(), sharedLease(20)];
  written = [];
  servers = [];
  for (const name of ['one', 'two']) {
    const views = leased(naive(kept), lease, name, written);
    asked = views.lease.asked;
    const server = await startTestApp({ log: openMemoryLog(storage), views });
    servers.push(server);
    if (name === 'one') await vi.waitFor(() => expect(server.app.projector.leads()).toBe(true));
  }
});
afterEach(async () => {
  vi.useRealTimers();
  for (const server of servers) await server.close();
});
const server = (number: number) => {
  const found = servers[number];
  if (found === undefined) throw new Error('there are two servers');
  return found;
};
const jump = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);

async function record(content: string): Promise<string> {
  const RECORD = 'mutation ($content: String!) { recordMemory(input: { content: $content }) { position } }';
  const { data } = await server(0).ask('ann', RECORD, { content });
  return data.recordMemory.position;
}
const totalOf = async (number: number, position: string) => {
  const TOTAL = 'query ($at: Position) { memories(minPosition: $at) { totalCount } }';
  const { data } = await server(number).ask('ann', TOTAL, { at: position });
  return data?.memories.totalCount;
};

describe.each(jumps)('a day %s', (_, by) => {
  test('the same server projects, both read what is written, and nothing is applied twice', async () => {
    expect(await totalOf(1, await record('before'))).toBe(1);
    jump(by);
    expect(await totalOf(1, await record('after'))).toBe(2);
    jump(-2 * by);
    expect(await totalOf(1, await record('and back'))).toBe(3);
    const before = asked();
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(before + 2));
    expect(servers.map(({ app }) => app.projector.leads())).toEqual([true, false]);
    expect(new Set(written.map((one) => one.by))).toEqual(new Set(['one']));
    expect(written).toHaveLength(3);
    for (const { app } of servers) {
      expect(app.projector.failure()).toBeNull();
      expect(await app.readiness()).toBeNull();
      const { seconds } = await app.projector.lag();
      expect(seconds).toBeGreaterThanOrEqual(0);
    }
  });

  test('who waits for a position waits no longer and no shorter', async () => {
    const { projector } = server(1).app;
    const begin = performance.now();
    const waiting = projector.waitFor(`${'9'.repeat(16)}.000000`, 50);
    jump(by);
    expect(await waiting).toBe(false);
    expect(performance.now() - begin).toBeGreaterThan(40);
    const gettingThere = projector.waitFor(await record('soon'), MINUTE);
    jump(-by);
    expect(await gettingThere).toBe(true);
  });

  test('another takes over when the one that projects stops', async () => {
    await record('before');
    jump(by);
    const first = servers.shift();
    await first?.close();
    jump(-by);
    await vi.waitFor(() => expect(server(0).app.projector.leads()).toBe(true), { timeout: MINUTE });
    expect(await totalOf(0, await record('after'))).toBe(2);
    expect(written.map((one) => one.by)).toEqual(['one', 'two']);
  });
});

describe('an offer', () => {
  const offer = async (ttl: number) => {
    const OFFER = `mutation { offerHandoff(input: { to: { agent: "bob" }, task: "Go on", ttl: ${ttl} }) { handoff { id } } }`;
    const { data } = await server(0).ask('ann', OFFER);
    return data.offerHandoff.handoff.id as string;
  };
  const accept = async (id: string) => {
    const ACCEPT = 'mutation ($id: ID!) { acceptHandoff(input: { id: $id }) { handoff { status } } }';
    const { data, errors } = await server(1).ask('bob', ACCEPT, { id });
    return data?.acceptHandoff.handoff.status ?? errors?.[0]?.extensions.code;
  };
  const statusOf = async (id: string) => {
    const { data } = await server(1).ask('bob', 'query ($id: ID!) { handoff(id: $id) { status } }', { id });
    return data.handoff.status;
  };

  test('has expired when the clock says so', async () => {
    const id = await offer(3_600);
    jump(DAY);
    expect(await statusOf(id)).toBe('EXPIRED');
    expect(await accept(id)).toBe('CONFLICT');
  });

  test('is open still when the clock is set back, and can be accepted once', async () => {
    const id = await offer(3_600);
    jump(-DAY);
    expect(await statusOf(id)).toBe('OFFERED');
    expect(await accept(id)).toBe('ACCEPTED');
    jump(2 * DAY);
    expect(await statusOf(id)).toBe('ACCEPTED');
    expect(await accept(id)).toBe('CONFLICT');
  });

  test('that was recorded as expired stays so when the clock is set back', async () => {
    const id = await offer(3_600);
    jump(DAY);
    // Whatever is appended makes the sweeper look.
    await record('something');
    const history = async () => {
      const { data } = await server(1).ask('bob', 'query ($id: ID!) { handoff(id: $id) { history { event } } }', {
        id,
      });
      return data.handoff.history.map(({ event }: { event: string }) => event);
    };
    await vi.waitFor(async () => expect(await history()).toEqual(['handoff.offered', 'handoff.expired']), {
      timeout: 5_000,
    });
    jump(-DAY);
    expect(await statusOf(id)).toBe('EXPIRED');
    expect(await accept(id)).toBe('CONFLICT');
  });
});
