// Two agents at one piece of work, and how it goes from one team to another.
import type { Agents } from './agents.ts';
import type { Stage } from './stage.ts';

export async function howTheyWorkTogether(stage: Stage, agents: Agents): Promise<void> {
  const id = 'checkout';
  await oneSession(stage, agents, id);
  await oneHandoff(stage, agents, id);
}

async function oneSession(stage: Stage, { startSession, progress }: Agents, id: string): Promise<void> {
  stage.chapter('One session, two agents');
  const items = ['schema', 'endpoint', 'page', 'payment'];
  stage.says('planner', 'starts a session', items.join(', '));
  await startSession('planner', { id, title: 'A new checkout', items });
  stage.says('backend', 'says what is done, while frontend does the same');
  stage.says('frontend', 'is blocked on the payment', 'no test key yet');
  await Promise.all([
    progress('backend', { id, completed: ['schema', 'endpoint'] }),
    progress('frontend', { id, completed: ['page'], blocked: [{ name: 'payment', reason: 'no test key yet' }] }),
  ]);
  const session = await progress('planner', { id, summary: 'All but the payment' });
  stage.expects(
    `neither undid the other: ${session.progress * 100} % done, blocked: ${session.blocked[0]?.reason ?? 'nothing'}`,
    session.progress === 0.75 && session.blocked[0]?.name === 'payment',
    session,
  );
}

async function oneHandoff(
  stage: Stage,
  { team, record, offer, accept, handed, progress }: Agents,
  session: string,
): Promise<void> {
  stage.chapter('Handing over');
  await team('payments', ['cashier', 'teller']);
  const shared = await record('frontend', { content: 'The payment form posts to /v2/charges', scope: 'GLOBAL' });
  const secret = await record('frontend', { content: 'I do not trust the retries in /v2/charges' });
  const task = 'Get a test key and unblock the payment';
  stage.says('cashier', 'listens to what is handed to its team');
  const heard = handed('cashier', shared.position);
  stage.says('frontend', 'offers the team payments a task, with the session and two notes', task);
  const offered = await offer('frontend', {
    to: { team: 'payments' },
    task,
    session,
    memories: [shared.memory.id, secret.memory.id],
  });
  stage.expects('it is told which note the team cannot read', offered.withheld.join() === secret.memory.id, offered);

  const arrived = await heard;
  stage.expects(`cashier has it at once, from ${arrived.from}`, arrived.task === task, arrived);

  stage.says('backend', 'goes on with the session meanwhile');
  await progress('backend', { id: session, next: ['refunds'] });
  stage.says('cashier', 'and teller accept at the same time');
  const answers = await Promise.allSettled([accept('cashier', offered.id), accept('teller', offered.id)]);
  const [handoff, ...others] = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const refusal = answers.flatMap((answer) => (answer.status === 'rejected' ? [messageOf(answer.reason)] : []));
  stage.expects(`one of them has it: ${refusal.join()}`, handoff !== undefined && others.length === 0, answers);
  const contents = handoff?.memories.map(({ content }) => content);
  stage.expects(`with the note it may read: ${contents?.join()}`, contents?.join() === shared.memory.content, handoff);
  stage.expects(
    'and with the session as it was when it was offered',
    handoff?.session?.next.length === 0 && handoff.session.progress === 0.75,
    handoff?.session,
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
