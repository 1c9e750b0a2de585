import { openMiniLm } from '../../src/embedding/minilm/minilm.ts';
import { openOpenAi } from '../../src/embedding/openai/openai.ts';
import { embedderConformance } from '../conformance/embedder.ts';
import { createHashEmbedder } from '../support/hash-embedder.ts';
import { startOpenAiServer } from '../support/openai-server.ts';

embedderConformance('the built-in embedder', async () => ({ embedder: await openMiniLm({ threads: 2 }) }));

embedderConformance('an OpenAI-compatible endpoint', async () => {
  const server = await startOpenAiServer();
  const embedder = await openOpenAi({ url: server.url, model: 'hashed-words', dimensions: 384 });
  return { embedder, dispose: server.close };
});

embedderConformance('the embedder of the tests', async () => ({ embedder: createHashEmbedder() }));
