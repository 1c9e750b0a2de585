// A process that applies batches of ten memories, and says which are applied, until it is killed.
import { aMemory, at, minute, putMemory } from '../support/fixtures.ts';
import { openIn } from './open.ts';

const views = await openIn(process.argv[2] ?? '');
const checkpoint = await views.checkpoint();
console.log('open');
for (let batch = checkpoint === null ? 0 : Number.parseInt(checkpoint, 10) / 10; ; batch++) {
  const changes = Array.from({ length: 10 }, (_, i) => {
    const n = batch * 10 + i + 1;
    return putMemory(at(n), aMemory(`m${n}`, { content: `number ${n} of batch ${batch}`, createdAt: minute(n) }));
  });
  await views.apply(changes, at(batch * 10 + 10));
  console.log(batch);
}
