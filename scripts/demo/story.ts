// The walk-through: an agent records, another finds, votes and learns.
import type { Agents } from './agents.ts';
import { whatWasKnown } from './past.ts';
import type { Stage } from './stage.ts';
import { howTheyWorkTogether } from './together.ts';

export async function play(stage: Stage, agents: Agents): Promise<void> {
  await whoSeesWhat(stage, agents);
  await whatWentWrong(stage, agents);
  await whatHelps(stage, agents);
  await whatAPersonLikes(stage, agents);
  await howTheyWorkTogether(stage, agents);
  await whatWasKnown(stage, agents);
}

async function whoSeesWhat(stage: Stage, { team, record, search }: Agents): Promise<void> {
  stage.chapter('Who sees what');
  await team('sales', ['sales-agent', 'writer']);
  const namespace = 'quarter';
  const note = async (agent: string, does: string, scope: string, content: string) => {
    stage.says(agent, does, content);
    return record(agent, { content, scope, namespace });
  };
  await note(
    'analyst',
    'notes for itself',
    'AGENT_PRIVATE',
    'My draft forecast for the quarter is two percent too high',
  );
  await note(
    'sales-agent',
    'tells its team',
    'AGENT_SHARED',
    'Acme renews its contract this quarter if we keep the price',
  );
  const last = await note(
    'ops-agent',
    'tells everyone',
    'GLOBAL',
    'The quarter closes on Friday at noon, reports included',
  );

  const ask = async (agent: string, expectation: string, owners: string[]) => {
    const query = 'what do we know about this quarter?';
    stage.says(agent, 'asks', query);
    const found = await search(agent, { query, filter: { namespaces: [namespace] }, minPosition: last.position });
    const who = found.map((one) => one.agent).sort();
    stage.expects(expectation, JSON.stringify(who) === JSON.stringify(owners), who);
  };
  await ask('writer', 'the team’s note and the global one, never the private one', ['ops-agent', 'sales-agent']);
  await ask('intern', 'in no team: only the global one', ['ops-agent']);
  await ask('analyst', 'its own and the global one', ['analyst', 'ops-agent']);
}

async function whatWentWrong(stage: Stage, { reflect, playbook }: Agents): Promise<void> {
  stage.chapter('Learning from a failure');
  const content = 'CSV imports lost their first column without an error: the files began with a byte order mark';
  stage.says('data-processor', 'reflects', content);
  const { position } = await reflect('data-processor', {
    content,
    errorPattern: 'silent CSV parse failures on files with a BOM',
    correctApproach: 'Detect the encoding and strip the BOM before parsing; fail on an unknown header',
    applicableContexts: ['csv', 'unicode', 'data-import', 'etl'],
  });
  const query = 'parsing CSV files from external sources';
  stage.says('importer', 'looks into the playbook', query);
  const [entry] = await playbook('importer', { query, minPosition: position });
  const approach = entry?.lesson.correctApproach ?? null;
  stage.expects(`it says: ${approach ?? 'nothing'}`, approach?.includes('strip the BOM') === true, entry);
}

async function whatHelps(stage: Stage, { record, vote, retract }: Agents): Promise<void> {
  stage.chapter('What helps, and what does not');
  const content = 'Run the flaky browser tests with one worker';
  stage.says('test-runner', 'tells everyone', content);
  const { memory } = await record('test-runner', { content, scope: 'GLOBAL', type: 'PROCEDURAL' });
  const ballot = { memory: memory.id, task: 'release-42' };
  const expect = (
    expectation: string,
    answer: { score: number; helpful: number; harmful: number },
    score: number,
    votes: number,
  ) =>
    stage.expects(
      `${expectation}: score ${answer.score}`,
      answer.score === score && answer.helpful + answer.harmful === votes,
      answer,
    );

  stage.says('qa-agent', 'votes it helpful for a task, twice');
  await vote('qa-agent', { ...ballot, value: 'HELPFUL' });
  expect('still one vote', await vote('qa-agent', { ...ballot, value: 'HELPFUL' }), 0.5, 1);
  stage.says('qa-agent', 'changes its mind');
  expect('the score falls', await vote('qa-agent', { ...ballot, value: 'HARMFUL' }), -0.5, 1);
  stage.says('qa-agent', 'retracts');
  expect('as if it had never voted', await retract('qa-agent', ballot), 0, 0);
}

async function whatAPersonLikes(stage: Stage, { record, search }: Agents): Promise<void> {
  stage.chapter('What is known of a person');
  const content = 'User prefers Python and works at a fintech startup';
  stage.says('assistant', 'notes for user_42', content);
  const { memory, position } = await record('assistant', { content, user: 'user_42' });
  const query = 'What programming language does the user prefer?';
  stage.says('assistant', 'asks', query);
  const [first] = await search('assistant', { query, filter: { users: ['user_42'] }, minPosition: position });
  stage.expects(`the best answer: ${first?.content ?? 'none'}`, first?.id === memory.id, first);
}
