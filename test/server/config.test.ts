import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BadSetting, readConfig } from '../../src/config.ts';

const refusalOf = (environment: NodeJS.ProcessEnv): string => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof BadSetting) return error.message;
    throw error;
  }
  return 'accepted';
};

test('with nothing set it is the embedded profile on port 4000 of this machine', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 4000,
    dataFolder: resolve('data'),
    adminKey: null,
    engines: null,
    embedding: null,
    logLevel: 'info',
    rateLimit: { perSecond: 10_000, burst: 20_000 },
    maxConcurrency: 512,
    maxStreams: 2_000,
    heartbeatSeconds: 15,
    production: false,
  });
});

test('an empty variable is an unset one', () => {
  expect(readConfig({ PORT: '', LOG_LEVEL: '', EVENTSTORE_URL: '' })).toEqual(readConfig({}));
});

test('RATE_LIMIT=0 is no limit', () => {
  expect(readConfig({ RATE_LIMIT: '0' }).rateLimit).toBeNull();
});

test('an endpoint for embeddings is taken whole', () => {
  const environment = { EMBEDDING_URL: 'http://localhost:11434', EMBEDDING_MODEL: 'm', EMBEDDING_DIMENSIONS: '768' };
  expect(readConfig(environment).embedding).toEqual({
    url: 'http://localhost:11434',
    model: 'm',
    apiKey: null,
    dimensions: 768,
  });
});

test('both engines make the distributed profile', () => {
  const environment = { EVENTSTORE_URL: 'esdb+discover://a:2113', ELASTICSEARCH_URL: 'http://b:9200' };
  expect(readConfig(environment).engines).toEqual({
    eventStore: 'esdb+discover://a:2113',
    elasticsearch: { url: 'http://b:9200', prefix: 'annals' },
  });
});

describe('a bad setting is one sentence that names the variable, its fault and a good value', () => {
  test.each([
    [{ PORT: 'http' }, /^PORT is not a whole number; a good value: 4000\.$/],
    [{ PORT: '65536' }, /^PORT is above 65,535; a good value: 4000\.$/],
    [{ PORT: '-1' }, /^PORT is not a whole number/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL is not a level; a good value: silent, fatal, error/],
    [{ RATE_LIMIT: '1e9' }, /^RATE_LIMIT is not a whole number/],
    [{ MAX_CONCURRENCY: '0' }, /^MAX_CONCURRENCY is below 1/],
    [{ EMBEDDING_URL: 'localhost' }, /^EMBEDDING_URL is not an http or https address/],
    [{ EMBEDDING_URL: 'http://localhost' }, /^EMBEDDING_MODEL is missing/],
    [{ EMBEDDING_MODEL: 'm' }, /^EMBEDDING_URL is missing/],
    [{ EVENTSTORE_URL: 'esdb://localhost' }, /^ELASTICSEARCH_URL is missing/],
    [{ ELASTICSEARCH_URL: 'http://localhost' }, /^EVENTSTORE_URL is missing/],
    [
      { EVENTSTORE_URL: 'http://a', ELASTICSEARCH_URL: 'http://b' },
      /^EVENTSTORE_URL is not an address of EventStoreDB/,
    ],
    [{ EVENTSTORE_URL: 'esdb://a', ELASTICSEARCH_URL: 'b' }, /^ELASTICSEARCH_URL is not an http or https address/],
    [{ ELASTICSEARCH_PREFIX: 'My_Own' }, /^ELASTICSEARCH_PREFIX is not 1 to 32 of a-z and 0-9/],
  ])('%j', (environment, sentence) => {
    expect(refusalOf(environment)).toMatch(sentence);
  });

  test('and never shows a secret', () => {
    expect(refusalOf({ ANNALS_ADMIN_KEY: 'hunter2' })).toMatch(/^ANNALS_ADMIN_KEY is shorter than 16 characters/);
    expect(refusalOf({ ANNALS_ADMIN_KEY: 'correct horse battery staple' })).not.toContain('horse');
  });
});
