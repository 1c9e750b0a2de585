// Every setting, read once from the environment.
import { resolve } from 'node:path';
import { z } from 'zod';

export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

const integer = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'is not a whole number')
    .transform(Number)
    .pipe(
      z
        .number()
        .min(minimum, `is below ${minimum}`)
        .max(maximum, `is above ${maximum.toLocaleString('en')}`),
    );

const url = z.url({ protocol: /^https?$/, error: 'is not an http or https address' });
const secret = z
  .string()
  .min(16, 'is shorter than 16 characters')
  .regex(/^[\x21-\x7e]+$/, 'holds a blank or a character outside ASCII');

/** An example of a good value, for each setting: what the reader of an error needs next. */
const examples = {
  PORT: '4000',
  HOST: '127.0.0.1',
  ANNALS_DATA: './data',
  ANNALS_ADMIN_KEY: '32 random characters, as from `openssl rand -base64 24`',
  EVENTSTORE_URL: 'esdb://127.0.0.1:2113?tls=false',
  ELASTICSEARCH_URL: 'http://127.0.0.1:9200',
  ELASTICSEARCH_PREFIX: 'annals (what the names of its indices begin with)',
  EMBEDDING_URL: 'http://127.0.0.1:11434',
  EMBEDDING_MODEL: 'nomic-embed-text',
  EMBEDDING_API_KEY: 'the key that the endpoint gave you',
  EMBEDDING_DIMENSIONS: '768',
  LOG_LEVEL: logLevels.join(', '),
  RATE_LIMIT: '10000 (requests a second and key; 0: no limit)',
  RATE_LIMIT_BURST: '20000',
  MAX_CONCURRENCY: '512',
  MAX_STREAMS: '2000',
  HEARTBEAT_SECONDS: '15',
  NODE_ENV: 'production',
};

const schema = z.object({
  PORT: integer(0, 65_535).default(4000),
  HOST: z.string().regex(/^\S+$/, 'is not a host name or address').default('127.0.0.1'),
  ANNALS_DATA: z.string().default('./data'),
  ANNALS_ADMIN_KEY: secret.optional(),
  EVENTSTORE_URL: z
    .string()
    .regex(/^esdb(\+discover)?:\/\/\S+$/, 'is not an address of EventStoreDB')
    .optional(),
  ELASTICSEARCH_URL: url.optional(),
  ELASTICSEARCH_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,31}$/, 'is not 1 to 32 of a-z and 0-9, a letter first')
    .default('annals'),
  EMBEDDING_URL: url.optional(),
  EMBEDDING_MODEL: z.string().optional(),
  EMBEDDING_API_KEY: z.string().optional(),
  EMBEDDING_DIMENSIONS: integer(1, 8192).optional(),
  LOG_LEVEL: z.enum(logLevels, 'is not a level').default('info'),
  RATE_LIMIT: integer(0, 1_000_000).default(10_000),
  RATE_LIMIT_BURST: integer(1, 10_000_000).optional(),
  MAX_CONCURRENCY: integer(1, 100_000).default(512),
  MAX_STREAMS: integer(1, 100_000).default(2_000),
  HEARTBEAT_SECONDS: integer(1, 3_600).default(15),
  NODE_ENV: z.string().optional(),
});

type Environment = z.infer<typeof schema>;
type Setting = keyof typeof examples;

export type Config = {
  host: string;
  port: number;
  /** Absolute. */
  dataFolder: string;
  adminKey: string | null;
  /** What the distributed profile runs on; null: the embedded profile. */
  engines: { eventStore: string; elasticsearch: { url: string; prefix: string } } | null;
  /** null: the built-in embedder. */
  embedding: { url: string; model: string; apiKey: string | null; dimensions?: number } | null;
  logLevel: (typeof logLevels)[number];
  /** A token bucket for each key; null: no limit. */
  rateLimit: { perSecond: number; burst: number } | null;
  /** GraphQL requests running at once, over all keys. */
  maxConcurrency: number;
  /** Subscriptions open at once, over all keys; one caller may have half of them. */
  maxStreams: number;
  /** After how long without a notice a subscriber is sent a heartbeat. */
  heartbeatSeconds: number;
  production: boolean;
};

/** A setting that cannot be used. The message is one sentence for whoever starts the program. */
export class BadSetting extends Error {}

const isSetting = (name: PropertyKey | undefined): name is Setting => typeof name === 'string' && name in examples;

const bad = (name: Setting, fault: string): BadSetting =>
  new BadSetting(`${name} ${fault}; a good value: ${examples[name]}.`);

/** Throws BadSetting, which never holds the value that was given: it may be a secret. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  // An empty variable is an unset one: `PORT= npm start`, and compose files with an unset default.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = issue?.path[0];
    throw isSetting(name) ? bad(name, issue?.message ?? 'is wrong') : new BadSetting('a setting is wrong.');
  }
  const settings = parsed.data;
  return {
    host: settings.HOST,
    port: settings.PORT,
    dataFolder: resolve(settings.ANNALS_DATA),
    adminKey: settings.ANNALS_ADMIN_KEY ?? null,
    engines: enginesOf(settings),
    embedding: embeddingOf(settings),
    logLevel: settings.LOG_LEVEL,
    rateLimit:
      settings.RATE_LIMIT === 0
        ? null
        : { perSecond: settings.RATE_LIMIT, burst: settings.RATE_LIMIT_BURST ?? 2 * settings.RATE_LIMIT },
    maxConcurrency: settings.MAX_CONCURRENCY,
    maxStreams: settings.MAX_STREAMS,
    heartbeatSeconds: settings.HEARTBEAT_SECONDS,
    production: settings.NODE_ENV === 'production',
  };
}

function enginesOf(settings: Environment): Config['engines'] {
  const { EVENTSTORE_URL: eventStore, ELASTICSEARCH_URL: address, ELASTICSEARCH_PREFIX: prefix } = settings;
  if (eventStore === undefined && address === undefined) return null;
  if (address === undefined)
    throw bad('ELASTICSEARCH_URL', 'is missing, as EVENTSTORE_URL is set and the two go together');
  if (eventStore === undefined)
    throw bad('EVENTSTORE_URL', 'is missing, as ELASTICSEARCH_URL is set and the two go together');
  return { eventStore, elasticsearch: { url: address, prefix } };
}

function embeddingOf(settings: Environment): Config['embedding'] {
  const {
    EMBEDDING_URL: address,
    EMBEDDING_MODEL: model,
    EMBEDDING_API_KEY: apiKey,
    EMBEDDING_DIMENSIONS: dimensions,
  } = settings;
  if (address === undefined) {
    if (model ?? apiKey ?? dimensions) throw bad('EMBEDDING_URL', 'is missing, as another EMBEDDING_ setting is there');
    return null;
  }
  if (model === undefined) throw bad('EMBEDDING_MODEL', 'is missing, as EMBEDDING_URL is set');
  return { url: address, model, apiKey: apiKey ?? null, ...(dimensions === undefined ? {} : { dimensions }) };
}
