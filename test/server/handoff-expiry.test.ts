// The server's own sweeper: offers that expire while it runs, or while it does not.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { operator, startTestApp, type TestApp } from '../support/app.ts';

const offer = async (server: TestApp, ttl: number): Promise<string> => {
  const { data } = await server.ask(
    'ann',
    `mutation { offerHandoff(input: { to: { agent: "writer" }, task: "Write", ttl: ${ttl} }) { handoff { id } } }`,
  );
  return data.offerHandoff.handoff.id;
};

const story = async (server: TestApp, id: string) => {
  const { data } = await server.ask('writer', `{ handoff(id: "${id}") { status history { event by } } }`);
  return data.handoff;
};
const expired = {
  status: 'EXPIRED',
  history: [
    { event: 'handoff.offered', by: 'ann' },
    { event: 'handoff.expired', by: '$server' },
  ],
};

test('what expired while the server was down is recorded when it starts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'annals-test-'));
  let now = Date.UTC(2026, 0, 1);
  const clock = () => new Date(now);
  const before = await startTestApp({ folder, clock });
  const id = await offer(before, 60);
  const { data } = await before.ask(operator, 'mutation { issueKey(input: { role: TENANT }) { secret } }');
  await before.close();

  now += 60_000;
  const after = await startTestApp({ folder, clock });
  const key = { key: data.issueKey.secret, agent: 'writer' };
  const read = async () => {
    const answer = await after.ask(key, `{ handoff(id: "${id}") { status history { event by } } }`);
    return answer.data.handoff;
  };
  expect((await read()).status).toBe('EXPIRED');
  await expect.poll(read).toEqual(expired);
  await after.close();
  await rm(folder, { recursive: true });
});

test('what expires while the server runs is recorded then', async () => {
  const server = await startTestApp();
  const id = await offer(server, 1);
  await expect.poll(() => story(server, id), { timeout: 10_000 }).toEqual(expired);
  await server.close();
});
