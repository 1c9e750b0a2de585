// What a mutation answers does not wait for the views.
import { expect, test } from 'vitest';
import { analyse } from '../support/fixtures.ts';
import { openNaiveViews } from '../support/naive-views.ts';
import { openWorld } from './world.ts';

test('a payload shows the memories that it names, whatever the views have', async () => {
  const views = openNaiveViews({ analyse });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await using world = await openWorld({
    views: { ...views, apply: (...batch) => released.then(() => views.apply(...batch)) },
  });
  await using _ = { [Symbol.asyncDispose]: async () => release() };
  const record = async (content: string, fields = 'id', sources: string[] = []) => {
    const input = { content, sources: sources.map((memory) => ({ memory })) };
    const { recordMemory } = await world.data(
      'ann',
      `mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { ${fields} } } }`,
      { input },
    );
    return recordMemory.memory;
  };

  const { id: old } = await record('old');
  const { id: better } = await record('better');
  expect(await record('derived', 'sources { memory { id } }', [old])).toEqual({ sources: [{ memory: { id: old } }] });
  const { deprecateMemory } = await world.data(
    'ann',
    `mutation ($input: DeprecateMemoryInput!) {
       deprecateMemory(input: $input) { memory { deprecation { supersededBy { id } } history { data } } } }`,
    { input: { id: old, supersededBy: better } },
  );
  const { deprecation, history } = deprecateMemory.memory;
  expect(deprecation).toEqual({ supersededBy: { id: better } });
  expect(history.at(-1)).toEqual({ data: { reason: null, supersededBy: better } });
});
