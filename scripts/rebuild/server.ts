// Whoever rebuilds: a running server, or this process where none has the data folder.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../src/config.ts';
import { failure, failureCodes } from '../../src/domain/failure.ts';
import { openEmbedded } from '../../src/profiles/embedded.ts';
import { openEmbedder, signatureFor } from '../../src/profiles/embedder.ts';
import { createApp } from '../../src/server/app.ts';
import { openDataFolder } from '../../src/server/data-folder.ts';
import { createLogger } from '../../src/server/logger.ts';

const build = z.object({ id: z.string(), projections: z.number(), model: z.string(), dimensions: z.number() });

const statusSchema = z.object({
  phase: z.enum(['IDLE', 'FILLING', 'EMBEDDING', 'COMPARING', 'SWITCHING']),
  done: z.number(),
  total: z.number(),
  trouble: z.string().nullable(),
  result: z.enum(['SWITCHED', 'DIFFERENT', 'FAILED', 'STOPPED']).nullable(),
  reason: z.string().nullable(),
  comparison: z
    .object({
      documents: z.array(z.object({ kind: z.string(), documents: z.number(), missing: z.number(), extra: z.number() })),
      questions: z.number(),
      same: z.number(),
      agreement: z.number(),
      byWords: z.boolean(),
    })
    .nullable(),
  serving: build,
  next: build.nullable(),
  previous: build.nullable(),
});
export type Status = z.infer<typeof statusSchema>;

const answerSchema = z.object({
  data: z.object({ rebuild: statusSchema }).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.enum(failureCodes) }).optional() }))
    .optional(),
});

const BUILD = '{ id projections model dimensions }';
const STATUS = `{ phase done total trouble result reason
  comparison { documents { kind documents missing extra } questions same agreement byWords }
  serving ${BUILD} next ${BUILD} previous ${BUILD} }`;

const documents = {
  status: `query { rebuild ${STATUS} }`,
  start: `mutation ($accept: Boolean) { rebuild: rebuildViews(accept: $accept) ${STATUS} }`,
  back: `mutation ($accept: Boolean) { rebuild: switchViewsBack(accept: $accept) ${STATUS} }`,
  drop: `mutation { rebuild: dropViews ${STATUS} }`,
};
export type Asked = keyof typeof documents;

export type Server = {
  /** Fails as the API does. */
  ask(what: Asked, accept?: boolean): Promise<Status>;
  close(): Promise<void>;
};

type Send = (body: string) => Promise<Response>;

const asking =
  (send: Send): Server['ask'] =>
  async (what, accept = false) => {
    const variables = what === 'start' || what === 'back' ? { accept } : {};
    const response = await send(JSON.stringify({ query: documents[what], variables }));
    const { success, data: answer } = answerSchema.safeParse(await response.json().catch(() => null));
    if (!success) throw failure('UNAVAILABLE', `HTTP ${response.status} was answered, and not as Annals does`);
    const [error] = answer.errors ?? [];
    if (error !== undefined) throw failure(error.extensions?.code ?? 'INVALID_INPUT', error.message);
    if (!answer.data) throw failure('UNAVAILABLE', 'nothing was answered');
    return answer.data.rebuild;
  };

const headersFor = (key: string) => ({ 'content-type': 'application/json', authorization: `Bearer ${key}` });

const ANSWER_MS = 60_000;

export function openRunning(url: string, key: string): Server {
  const send: Send = (body) =>
    fetch(new URL('/graphql', url), {
      method: 'POST',
      headers: headersFor(key),
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    }).catch((cause: unknown) => {
      throw failure('UNAVAILABLE', `there is no answer from ${url}`, {}, { cause });
    });
  return { ask: asking(send), close: async () => {} };
}

/** A server without a socket. Throws DataFolderInUse where another process has the folder. */
export async function openInProcess(config: Config): Promise<Server> {
  if (!existsSync(join(config.dataFolder, 'events.db')))
    throw failure('INVALID_INPUT', `there is no event log in ${config.dataFolder}`);
  await using open = new AsyncDisposableStack();
  const folder = open.adopt(openDataFolder(config.dataFolder), (it) => it.close());
  const logger = createLogger('error', process.stderr);
  const embedder = open.adopt(await openEmbedder(config, logger), (it) => it.close());
  const { log, views, builds, resetViews, openScratch } = await openEmbedded(
    folder,
    signatureFor(embedder),
    logger,
    open,
  );
  const adminKey = randomUUID();
  const settings = { ...config, adminKey, rateLimit: null };
  const parts = { log, views, builds, embedder, resetViews, openScratch, clock: () => new Date(), settings, logger };
  const app = open.adopt(await createApp(parts), (it) => it.close());
  await app.start();
  const opened = open.move();
  const send: Send = (body) =>
    app.fetch(new Request('http://annals/graphql', { method: 'POST', headers: headersFor(adminKey), body }));
  return { ask: asking(send), close: () => opened.disposeAsync() };
}
