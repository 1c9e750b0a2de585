// A server of the tests whose views have builds, in a folder that may outlive it.
import { join } from 'node:path';
import { pino } from 'pino';
import { failure } from '../../src/domain/failure.ts';
import { type EmbeddedBuilds, openEmbeddedBuilds } from '../../src/views/embedded/embedded-builds.ts';
import type { ViewSignature } from '../../src/views/view-store.ts';
import { administrator, startTestApp, type TestApp } from '../support/app.ts';
import { createHashEmbedder, type HashEmbedder, type HashEmbedderOptions } from '../support/hash-embedder.ts';

export type Rebuilt = TestApp & { builds: EmbeddedBuilds; embedder: HashEmbedder };

export type RebuiltOptions = { embedder?: HashEmbedderOptions; projections?: number; away?: boolean };

export async function startRebuilt(folder: string, options: RebuiltOptions = {}): Promise<Rebuilt> {
  const embedder = createHashEmbedder(options.embedder);
  if (options.away) embedder.failWith(failure('UNAVAILABLE', 'the embedder is away'));
  const { model, dimensions } = embedder;
  const signature: ViewSignature = { projections: options.projections ?? 1, model, dimensions };
  const builds = await openEmbeddedBuilds({
    viewsFile: join(folder, 'views.db'),
    vectorsFile: join(folder, 'vectors.db'),
    signature,
    canCarryOn: () => true,
    logger: pino({ level: 'silent' }),
  });
  const server = await startTestApp({ folder, embedder, views: builds.views, builds });
  return { ...server, builds, embedder };
}

const STATUS = `phase done total trouble result reason
  comparison { documents { kind documents missing extra } questions same agreement byWords matches }
  serving { id model } next { id model } previous { id model }`;

const QUERIES = {
  status: `{ rebuild { ${STATUS} } }`,
  start: `mutation ($accept: Boolean) { rebuild: rebuildViews(accept: $accept) { ${STATUS} } }`,
  back: `mutation ($accept: Boolean) { rebuild: switchViewsBack(accept: $accept) { ${STATUS} } }`,
  drop: `mutation { rebuild: dropViews { ${STATUS} } }`,
};

/** As the administrator. */
export async function ask(server: TestApp, what: keyof typeof QUERIES, accept = false) {
  const variables = what === 'start' || what === 'back' ? { accept } : {};
  const { data, errors } = await server.ask(administrator, QUERIES[what], variables);
  return errors?.[0] ?? data.rebuild;
}

/** Asks, waits until it is over, and gives back how it ended. */
export async function carryOut(server: TestApp, what: 'start' | 'back', accept = false) {
  const begun = await ask(server, what, accept);
  if ('message' in begun) return begun;
  await server.app.rebuilding?.settled();
  return ask(server, 'status');
}

const RECORD = 'mutation ($input: [RecordMemoryInput!]!) { recordMemories(input: $input) { position } }';

export async function record(server: TestApp, contents: readonly string[]): Promise<void> {
  const input = contents.map((content) => ({ content, scope: content.length % 2 === 0 ? 'GLOBAL' : 'AGENT_PRIVATE' }));
  const { errors } = await server.ask('writer', RECORD, { input });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
}

export const notes = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => {
    const n = from + index;
    return `note ${n}: the ${['parser', 'invoice', 'garden', 'harbour'][n % 4]} of room ${n % 17} needs ${n % 5} days and care`;
  });
