// Which embedder there is, and what views are made under with it.
import { PROJECTIONS } from '../../projections/version.ts';
import type { Config } from '../config.ts';
import type { Embedder } from '../embedding/embedder.ts';
import { openMiniLm } from '../embedding/minilm/minilm.ts';
import { openOpenAi } from '../embedding/openai/openai.ts';
import type { Logger } from '../server/logger.ts';
import type { ViewSignature } from '../views/view-store.ts';

export function openEmbedder({ embedding }: Pick<Config, 'embedding'>, logger: Logger): Promise<Embedder> {
  return embedding === null ? openMiniLm({ logger }) : openOpenAi(embedding);
}

export const signatureFor = ({ model, dimensions }: Embedder): ViewSignature => ({
  projections: PROJECTIONS,
  model,
  dimensions,
});
