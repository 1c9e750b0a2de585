// A whole server for a test, in this process and without a socket: SQLite log and embedded views on a temporary
// folder, and an instant embedder. Any part can be another; with ANNALS_TEST_PROFILE=distributed log and views are.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '../../src/domain/key.ts';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { type App, type AppParts, type AppSettings, createApp } from '../../src/server/app.ts';
import { createLogger } from '../../src/server/logger.ts';
import { openEmbeddedViews } from '../../src/views/embedded/embedded-views.ts';
import { openScratchViews } from '../../src/views/embedded/scratch-views.ts';
import { isDistributed, openEngines } from './distributed/engines.ts';
import { isFaulty, openTestEventLog } from './distributed/event-log.ts';
import { createHashEmbedder } from './hash-embedder.ts';

export const ADMIN_KEY = 'the-administrator-of-the-tests';
const TENANT = 'acme';

export type Answer = {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads into the answer as deep as its question went
  data?: any;
  errors?: {
    message: string;
    path?: (string | number)[];
    extensions: { code: string; field?: string; limit?: unknown };
  }[];
};

/** Who asks: an agent by its name (through the tenant's key), the tenant's operator, the administrator, or a key. */
export type Who = string | typeof operator | typeof administrator | { key: string; agent?: string };
export const operator = Symbol('operator');
export const administrator = Symbol('administrator');

export type TestApp = AppParts & {
  app: App;
  folder: string;
  /** The key of tenant acme. */
  tenantKey: string;
  ask(who: Who, query: string, variables?: object): Promise<Answer>;
  /** Any request; the path begins with a slash. */
  request(who: Who | null, path: string, init?: RequestInit): Promise<Response>;
  issueKey(input: {
    role: Role;
    tenant?: string;
    agent?: string;
    ttl?: number;
  }): Promise<{ id: string; secret: string }>;
  /** The views have everything that was written so far, vectors included. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

export type TestAppOptions = Partial<Omit<AppParts, 'settings'>> & {
  settings?: Partial<AppSettings>;
  folder?: string;
  /** false: the projections stand still until `app.start()`. */
  started?: boolean;
};

/** With `folder`, that one is used and left there at the end. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'annals-test-')));
  const { close: closeParts, ...parts } = await openParts(folder, options);
  const app = await createApp(parts);
  if (options.started !== false) await app.start();
  let closed = false;

  const request: TestApp['request'] = (who, path, init = {}) => {
    const headers = new Headers(init.headers);
    if (who !== null) identify(headers, who, tenantKey);
    return app.fetch(new Request(`http://annals${path}`, { ...init, headers }));
  };
  const ask: TestApp['ask'] = async (who, query, variables = {}) => {
    const body = JSON.stringify({ query, variables });
    const response = await request(who, '/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return response.json();
  };
  const issueKey: TestApp['issueKey'] = async (input) => {
    const { data, errors } = await ask(
      administrator,
      'mutation ($input: IssueKeyInput!) { issueKey(input: $input) { key { id } secret } }',
      { input: { tenant: TENANT, ...input } },
    );
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return { id: data.issueKey.key.id, secret: data.issueKey.secret };
  };

  let tenantKey = '';
  tenantKey = (await issueKey({ role: 'TENANT' })).secret;

  return {
    ...parts,
    app,
    folder,
    tenantKey,
    ask,
    request,
    issueKey,
    settled: async () => {
      await app.projector.waitFor(await parts.log.head(), 10_000);
      await app.pump.idle(10_000);
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await app.close();
      await closeParts();
      if (options.folder === undefined) await rm(folder, { recursive: true });
    },
  };
}

async function openParts(folder: string, { settings, ...given }: TestAppOptions) {
  const logger = given.logger ?? createLogger('silent', process.stdout);
  const embedder = given.embedder ?? createHashEmbedder();
  const signature = { projections: 1, model: embedder.model, dimensions: embedder.dimensions };
  const ownEngines = given.log !== undefined || given.views !== undefined;
  const reopen = given.folder !== undefined;
  const engines = isDistributed && !ownEngines ? await openEngines(signature, { folder, reopen }) : null;
  const vectorsFile = join(folder, 'vectors.db');
  const openLog = () => (isFaulty ? openTestEventLog() : openSqliteLog({ file: join(folder, 'log.db'), logger }));
  const log = given.log ?? engines?.log ?? (await openLog());
  const views =
    given.views ??
    engines?.views ??
    (await openEmbeddedViews({ viewsFile: join(folder, 'views.db'), vectorsFile, signature, logger }));
  const inFolder = () => openScratchViews({ parent: folder, sharedVectors: vectorsFile, signature, logger });
  return {
    logger,
    embedder,
    log,
    views,
    builds: given.builds ?? engines?.builds ?? null,
    openScratch: given.openScratch ?? engines?.openScratch ?? inFolder,
    clock: given.clock ?? (() => new Date()),
    settings: {
      adminKey: ADMIN_KEY,
      rateLimit: null,
      maxConcurrency: 512,
      maxStreams: 2_000,
      heartbeatSeconds: 15,
      production: false,
      ...settings,
    },
    async close() {
      await views.close();
      await embedder.close();
      await log.close();
      await engines?.release();
    },
  };
}

function identify(headers: Headers, who: Who, tenantKey: string): void {
  const agent = typeof who === 'string' ? who : typeof who === 'object' ? who.agent : undefined;
  const key = who === administrator ? ADMIN_KEY : typeof who === 'object' ? who.key : tenantKey;
  headers.set('authorization', `Bearer ${key}`);
  if (agent !== undefined) headers.set('x-annals-agent', agent);
}
