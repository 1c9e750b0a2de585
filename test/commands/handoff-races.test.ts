// Of any number that answer one handoff at once, one does.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { logs, openWorld, type World } from './world.ts';

describe.each(Object.entries(logs))('on the log %s', (_, open) => {
  let world: World;
  const agents = Array.from({ length: 64 }, (_, index) => `agent-${index}`);
  beforeEach(async () => {
    world = await openWorld(open);
    await world.join('crowd', agents);
  });
  afterEach(() => world.close());

  test('of 64 that accept at once one does, and 63 are told who', async () => {
    const { handoff } = await world.as('ann').offerHandoff({ to: { team: 'crowd' }, task: 'catch' });
    const other = world.anotherProcess();
    const accept = (agent: string, index: number) =>
      (index % 2 ? other(agent) : world.as(agent)).acceptHandoff({ id: handoff.id, commandId: 'mine' });
    const outcomes = await Promise.allSettled(agents.map(accept));
    const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(winners).toHaveLength(1);
    const winner = winners[0]?.handoff.acceptedBy;
    const told = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(told).toHaveLength(63);
    for (const error of told)
      expect(error).toMatchObject({ code: 'CONFLICT', message: `already accepted by ${winner}` });
    expect((await world.events()).filter(({ type }) => type === 'handoff.accepted')).toHaveLength(1);

    // The winner, not sure whether it heard right, asks again.
    expect(await world.as(winner ?? '').acceptHandoff({ id: handoff.id, commandId: 'mine' })).toEqual(winners[0]);
  });

  test('accepting, declining and cancelling at once: one of them happens', async () => {
    for (let round = 0; round < 5; round++) {
      const { handoff } = await world.as('ann').offerHandoff({ to: { team: 'crowd' }, task: 'catch' });
      const { id } = handoff;
      const outcomes = await Promise.allSettled([
        world.as('agent-1').acceptHandoff({ id }),
        world.anotherProcess()('agent-2').declineHandoff({ id }),
        world.anotherProcess()('ann').cancelHandoff({ id }),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
  });
});
