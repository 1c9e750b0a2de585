// What was known when: an answer from the past, and a search explained.
import type { Agents } from './agents.ts';
import type { Stage } from './stage.ts';

export async function whatWasKnown(stage: Stage, agents: Agents): Promise<void> {
  const { record, keep, revise, searchAsOf, why, verify } = agents;
  stage.chapter('What was known when');
  const before = 'The certificate of the payment gateway expires on 3 June';
  const question = 'When does the gateway certificate expire?';
  const { memory } = await record('ops-agent', { content: before, scope: 'GLOBAL' });
  stage.says('writer', 'asks, and keeps the answer', question);
  const kept = await keep('writer', question);
  const after = await revise('ops-agent', { id: memory.id, content: 'The gateway certificate was renewed until 2029' });
  stage.says('ops-agent', 'revises its note', after);

  const then = await searchAsOf('writer', question, kept.position);
  stage.expects(`asked as of then, the answer is still: ${then}`, then === before, then);
  const explained = await why('writer', kept.receipt);
  stage.expects(
    'the receipt shows what came back, and the log gives the same again',
    explained.same && explained.returned[0]?.memory.content === before,
    explained,
  );
  stage.expects('replaying the whole log gives what is served', await verify(), false);
}
