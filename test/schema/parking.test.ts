// The administrator sees what could not be projected, and has it tried again.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { leased, sharedLease } from '../projections/lease.ts';
import { isPoison, type Rejecting, rejecting } from '../projections/rejecting.ts';
import { naive } from '../projections/stage.ts';
import { administrator, operator, startTestApp, type TestApp, type Who } from '../support/app.ts';
import { memoryStorage, openMemoryLog } from '../support/memory-log.ts';
import { naiveStorage } from '../support/naive-views.ts';

let servers: TestApp[];
let views: Rejecting;

/** The first projects; the second has the same log and the same views. */
beforeEach(async () => {
  const [storage, lease] = [memoryStorage(), sharedLease()];
  views = rejecting(naive(naiveStorage()), isPoison);
  servers = [];
  for (const name of ['one', 'two']) {
    const server = await startTestApp({ log: openMemoryLog(storage), views: leased(views, lease, name) });
    servers.push(server);
    if (name === 'one') await vi.waitFor(() => expect(server.app.projector.leads()).toBe(true));
  }
});
afterEach(async () => {
  for (const server of servers) await server.close();
});
const server = (number: number) => {
  const found = servers[number];
  if (found === undefined) throw new Error('there are two servers');
  return found;
};

const RECORD = 'mutation ($content: String!) { recordMemory(input: { content: $content }) { memory { id } position } }';
const PARKED = 'query ($at: Position) { parkedStreams(minPosition: $at) { stream type reason events since position } }';
const RETRY = 'mutation ($stream: String) { retryParked(stream: $stream) { parked { stream } position } }';
const TOTAL = 'query ($at: Position) { memories(minPosition: $at) { totalCount } }';

async function poison() {
  const { data } = await server(0).ask('ann', RECORD, { content: 'poison' });
  const { memory, position } = data.recordMemory;
  return { stream: `memory-acme+${memory.id}`, position };
}
const totalOf = async (number: number, position: string) =>
  (await server(number).ask('ann', TOTAL, { at: position })).data.memories.totalCount;

test.each([0, 1])(
  'what is parked is listed and tried again, on the server that projects or another (%i)',
  async (n) => {
    const one = await poison();
    const two = await poison();
    const { data } = await server(n).ask(administrator, PARKED, { at: two.position });
    expect(data.parkedStreams).toEqual(
      [one, two].map(({ stream, position }) => ({
        stream,
        position,
        type: 'memory.recorded',
        reason: 'the field “content” is too long',
        events: 1,
        since: expect.stringMatching(/^\d{4}-/),
      })),
    );
    expect(await totalOf(n, two.position)).toBe(0);

    const still = await server(n).ask(administrator, RETRY);
    expect(still.data.retryParked.parked).toHaveLength(2);
    views.heal();
    const first = await server(n).ask(administrator, RETRY, { stream: one.stream });
    expect(first.data.retryParked.parked).toEqual([{ stream: two.stream }]);
    expect(await totalOf(n, first.data.retryParked.position)).toBe(1);
    const rest = await server(n).ask(administrator, RETRY);
    expect(rest.data.retryParked.parked).toEqual([]);
    expect(await totalOf(n, rest.data.retryParked.position)).toBe(2);
  },
);

test('where nothing is parked nothing is written', async () => {
  const { data } = await server(0).ask(administrator, RETRY);
  expect(data.retryParked).toEqual({ parked: [], position: await server(0).log.head() });
});

test('a stream that is not parked cannot be tried again', async () => {
  await poison();
  const { errors } = await server(0).ask(administrator, RETRY, { stream: 'memory-acme+other' });
  expect(errors).toMatchObject([
    { message: 'no such stream is parked', extensions: { code: 'NOT_FOUND', field: 'stream' } },
  ]);
});

test.each<[string, Who]>([
  ['an agent', 'ann'],
  ["a tenant's operator", operator],
])('%s neither sees nor tries again what is parked', async (_, who) => {
  await poison();
  for (const question of [PARKED, RETRY]) {
    const { data, errors } = await server(0).ask(who, question);
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(/^parked streams are .* the administrator$/),
        extensions: { code: 'FORBIDDEN' },
      },
    ]);
  }
});

test('where an event about rights cannot be applied the server is not ready, says why, and goes on when it can', async () => {
  const { stream } = await poison();
  const id = stream.slice('memory-acme+'.length);
  const SHARE = 'mutation ($id: ID!) { reviseMemory(input: { id: $id, scope: GLOBAL }) { position } }';
  const { data } = await server(1).ask('ann', SHARE, { id });
  const ready = async () => (await server(0).request(null, '/ready')).json();
  const reason = expect.stringMatching(/^the projections halt at a memory.shared, .*the field “content” is too long$/);
  await expect.poll(ready).toEqual({ status: 'not ready', reason });
  views.heal();
  await expect.poll(ready, { timeout: 10_000 }).toEqual({ status: 'ready' });
  expect(await totalOf(1, data.reviseMemory.position)).toBe(1);
});

test('how much is parked, and which server projects, is in the figures', async () => {
  const { stream, position } = await poison();
  await server(1).app.projector.waitFor(position, 10_000);
  const figures = async (n: number) => (await (await server(n).request(administrator, '/metrics')).text()).split('\n');
  for (const n of [0, 1]) {
    expect(await figures(n)).toEqual(expect.arrayContaining(['annals_parked_streams 1', 'annals_parked_events 1']));
    expect(await figures(n)).toContain(`annals_projects ${n === 0 ? 1 : 0}`);
    expect((await figures(n)).join()).not.toContain(stream);
  }
});
