// How telling words are is counted in several ways, by how much a reader may read and what it has asked before: they must
// not differ.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Memory } from '../../src/domain/memory.ts';
import { connect, type Elastic } from '../../src/views/elasticsearch/client.ts';
import { type Names, namesOf } from '../../src/views/elasticsearch/names.ts';
import type { Corpus } from '../../src/views/elasticsearch/reading/corpus.ts';
import { corpusFor } from '../../src/views/elasticsearch/reading/counting.ts';
import { type Question, questionOf } from '../../src/views/elasticsearch/reading/question.ts';
import { createRemembered } from '../../src/views/elasticsearch/reading/remembered.ts';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../support/elasticsearch/elasticsearch.ts';
import { aMemory, at, minute, operator, putMemory } from '../support/fixtures.ts';
import { openElastic } from './elastic-open.ts';
import { signature } from './open.ts';

describe.skipIf(elasticsearchUrl === undefined)('words are as telling, whichever way they are counted', () => {
  const prefix = randomPrefix();
  let elastic: Elastic;
  let names: Names;

  beforeAll(async () => {
    const said = (n: number, content: string, given: Partial<Memory> = {}) =>
      putMemory(at(n), aMemory(`m${n}`, { content, session: 's', occurredAt: minute(n), ...given }));
    const { views, list } = await openElastic(prefix);
    const { serving } = await list();
    names = namesOf(prefix, serving.id, signature);
    elastic = connect(elasticsearchUrl ?? '');
    const changes = [
      said(1, 'apple pear'),
      said(2, 'plum apple', { expiresAt: minute(20.5) }),
      said(3, 'pear', { session: null, namespace: 'south' }),
      said(4, 'fig'),
      said(5, 'fig apple', { session: null, expiresAt: minute(30) }),
    ];
    await views.apply(changes, at(5));
    await views.refresh();
    await views.close();
  });
  afterAll(async () => {
    await elastic.close();
    await removeIndices(prefix);
  });

  function asked(time: number, text: string, version: string | null): Question {
    const query = { reader: operator, now: minute(time), mode: 'KEYWORD' as const, text, vector: null, limit: 5 };
    return questionOf(query, () => [], version);
  }

  function count(time: number, text: string, areMany: boolean = false): Promise<Corpus> {
    const remembered = { ...createRemembered(), ...(areMany && { passagesOf: () => 1_000_000 }) };
    return corpusFor({ elastic, names, remembered }, asked(time, text, null));
  }

  /** Asks one question after the other. Gives back each answer with how many requests it took. */
  function asking() {
    const remembered = createRemembered();
    let under: Promise<unknown>[] = [];
    const counted: Elastic = {
      ...elastic,
      send(what, request, options) {
        const answer = elastic.send(what, request, options);
        under.push(answer);
        return answer;
      },
    };
    return async (time: number, text: string) => {
      under = [];
      const corpus = await corpusFor({ elastic: counted, names, remembered }, asked(time, text, 'a version'));
      const requests = under.length;
      await Promise.all(under);
      return { corpus, requests };
    };
  }

  test.for([
    { when: 'before anything expires', time: 10, passages: 5, lapsed: false },
    { when: 'in the minute in which one will', time: 20.25, passages: 5, lapsed: false },
    { when: 'when one has, whose words others are found by still', time: 20.75, passages: 4, lapsed: true },
    { when: 'long after', time: 40, passages: 3, lapsed: true },
  ])('$when', async ({ time, passages, lapsed }) => {
    const counted = await count(time, 'plum fig zebra', false);
    expect(counted).toMatchObject({ passages, lapsed });
    expect(await count(time, 'plum fig zebra', true)).toEqual(counted);
  });

  test('are asked for once in a minute, and then only those that are new', async () => {
    const ask = asking();
    expect(await ask(10, 'plum fig')).toEqual({ corpus: await count(10, 'plum fig'), requests: 2 });
    expect(await ask(10.1, 'fig')).toEqual({ corpus: await count(10.1, 'fig'), requests: 0 });
    expect(await ask(10.2, 'pear fig zebra')).toEqual({ corpus: await count(10.2, 'pear fig zebra'), requests: 1 });
    expect(await ask(11, 'fig')).toEqual({ corpus: await count(11, 'fig'), requests: 2 });
  });

  test('are asked for anew when something has expired, and as long as some are lent no more', async () => {
    const ask = asking();
    await ask(20.25, 'plum fig');
    expect((await ask(20.25, 'plum')).requests).toBe(0);
    expect(await ask(20.75, 'plum')).toEqual({ corpus: await count(20.75, 'plum'), requests: 4 });
    expect(await ask(20.75, 'plum')).toEqual({ corpus: await count(20.75, 'plum'), requests: 4 });
  });

  test('are all counted after some questions of who may read few passages', async () => {
    const ask = asking();
    for (let n = 0; n < 20; n++) await ask(10, `zebra${n}`);
    const text = 'apple pear plum fig zebra';
    expect(await ask(10, text)).toEqual({ corpus: await count(10, text), requests: 0 });
  });

  test('where the question has more words than the server takes in one', async () => {
    const text = Array.from({ length: 1_500 }, (_, n) => `word${n}`).join(' ');
    const counted = await count(10, `plum ${text}`, false);
    expect(counted.idfs.length).toBeGreaterThan(1_024);
    expect(await count(10, `plum ${text}`, true)).toEqual(counted);
  });

  test('a word that is lent no more is as telling as if it had never been', async () => {
    const [plum = 0, fig = 0] = (await count(20.75, 'plum fig', false)).idfs;
    expect(plum).toBeGreaterThan(fig);
    expect((await count(20.75, 'zebra', true)).idfs).toEqual([plum]);
  });
});
