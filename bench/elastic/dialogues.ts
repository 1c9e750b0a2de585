// LoCoMo on both profiles' views: the same memories, vectors and questions, and the same order made of what either finds.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openMiniLm } from '../../src/embedding/minilm/minilm.ts';
import { byScore } from '../../src/queries/fusion.ts';
import { scoreOf } from '../../src/text/score.ts';
import { openEmbeddedViews } from '../../src/views/embedded/embedded-views.ts';
import type { Change, ViewStore } from '../../src/views/view-store.ts';
import { type Dataset, timeOf } from '../locomo/dataset.ts';
import { type Scored, scoreOf as scoreAnswers } from '../locomo/score.ts';
import { withProgress } from '../support/progress.ts';
import { NOW, positionOf, TENANT } from '../views/data.ts';
import { withViews } from './views.ts';

const K = 5;
const BATCH = 500;
/** Of each channel, as a query asks for. */
const LIMIT = 50;

export type Dialogues = { elastic: Scored; embedded: Scored; turns: number; questions: number };

type Embed = (texts: readonly string[], purpose: 'query' | 'passage') => Promise<Float32Array[]>;

export async function measureDialogues(data: Dataset): Promise<Dialogues> {
  const embedder = await openMiniLm();
  const folder = mkdtempSync(join(tmpdir(), 'annals-bench-'));
  const signature = { projections: 1, model: embedder.model, dimensions: embedder.dimensions };
  try {
    const embed = remembered((texts, purpose) => embedder.embed(texts, purpose));
    const ask = async (views: ViewStore) => scoreAnswers(data.questions, await answersOf(views, data, embed), K);
    const elastic = await withViews(({ views }) => ask(views), { signature });
    const views = await openEmbeddedViews({
      viewsFile: join(folder, 'views.db'),
      vectorsFile: join(folder, 'vectors.db'),
      signature,
      logger: pino({ level: 'silent' }),
    });
    const embedded = await ask(views).finally(() => views.close());
    return { elastic, embedded, turns: changesOf(data).length, questions: data.questions.length };
  } finally {
    await embedder.close();
    rmSync(folder, { recursive: true });
  }
}

/** The second profile's texts are the first one's. */
function remembered(embed: Embed): Embed {
  const known = new Map<string, Float32Array>();
  return async (texts, purpose) => {
    const missing = texts.filter((text) => !known.has(text));
    const made = missing.length === 0 ? [] : await embed(missing, purpose);
    for (const [i, text] of missing.entries()) known.set(text, made[i] ?? new Float32Array());
    return texts.map((text) => known.get(text) ?? new Float32Array());
  };
}

async function answersOf(views: ViewStore, data: Dataset, embed: Embed): Promise<string[][]> {
  const changes = changesOf(data);
  for (let from = 0; from < changes.length; from += BATCH)
    await views.apply(changes.slice(from, from + BATCH), positionOf(from + BATCH));
  await withProgress('vectors', changes.length, async (done) => {
    for (let made = 0; ; ) {
      const wanted = await views.wantedVectors(BATCH);
      if (wanted.length === 0) return;
      const vectors = await embed(
        wanted.map(({ text }) => text),
        'passage',
      );
      await views.putVectors(wanted.map(({ hash }, i) => ({ hash, vector: vectors[i] ?? new Float32Array() })));
      made += wanted.length;
      done(made);
    }
  });
  await views.refresh();
  const reader = { tenant: TENANT, agent: null, teams: [], peers: [] };
  const answers: string[][] = [];
  for (const { question, conversation } of data.questions) {
    const [vector = null] = await embed([question], 'query');
    const { candidates } = await views.search({
      reader,
      now: NOW,
      mode: 'HYBRID',
      text: question,
      vector,
      filter: { namespaces: [conversation] },
      limit: LIMIT,
      best: { count: K, minScore: null },
    });
    const ranked = candidates.map((one) => ({ ...one, score: scoreOf(one, 'HYBRID', null) ?? 0 })).sort(byScore);
    answers.push(ranked.slice(0, K).map(({ memory }) => memory.id.slice(memory.id.indexOf('/') + 1)));
  }
  return answers;
}

function changesOf({ conversations }: Dataset): Change[] {
  const turns = conversations.flatMap(({ id, turns }) => turns.map((turn) => ({ conversation: id, turn })));
  return turns.map(({ conversation, turn }, n) => {
    const at = timeOf(turn.at);
    const id = `${conversation}/${turn.id}`;
    const document = {
      id,
      tenant: TENANT,
      agent: 'evaluator',
      author: turn.speaker,
      type: 'STANDARD' as const,
      content: turn.text,
      metadata: {},
      namespace: conversation,
      scope: 'AGENT_PRIVATE' as const,
      sharedWith: { agents: [], teams: [] },
      user: null,
      session: `${conversation}.${turn.session}`,
      occurredAt: at,
      expiresAt: null,
      sources: [],
      revision: 0,
      createdAt: at,
      updatedAt: at,
      lesson: null,
      deprecation: null,
      forgotten: false,
    };
    return { kind: 'memory', tenant: TENANT, id, position: positionOf(n), document };
  });
}
