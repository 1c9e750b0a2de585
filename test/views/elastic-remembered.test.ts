// What was counted for a reader is good until something is written, expires, or a minute is over.
import { describe, expect, test } from 'vitest';
import { createRemembered } from '../../src/views/elasticsearch/reading/remembered.ts';
import { minute } from '../support/fixtures.ts';

const asking = { reader: 'ada', version: 'first', now: minute(10.5) };
const totals = { passages: 3, meanLength: 20, until: Date.parse(minute(10.75)) };
const vocabulary = { withTerm: (term: string) => (term === 'parser' ? 2 : 0) };

function told() {
  const remembered = createRemembered();
  remembered.remember(asking, totals).learn(new Map([['parser', 2]]));
  return remembered;
}

describe('what was counted for a reader', () => {
  test('is there for its next question', () => {
    const counted = told().recall({ ...asking, now: minute(10.6) });
    expect(counted?.totals).toEqual(totals);
    expect(counted?.withTerm('parser')).toBe(2);
  });

  test('lacks words that were not asked for', () => {
    expect(told().recall(asking)?.withTerm('grammar')).toBeUndefined();
  });

  test('grows with each question', () => {
    const remembered = told();
    remembered.recall(asking)?.learn(new Map([['grammar', 1]]));
    const counted = remembered.recall(asking);
    expect(counted?.withTerm('parser')).toBe(2);
    expect(counted?.withTerm('grammar')).toBe(1);
    expect(counted?.learnt()).toBe(2);
  });

  test.for([
    { why: 'another reader asks', then: { reader: 'bob' } },
    { why: 'searches find what was written since', then: { version: 'second' } },
    { why: 'it is not known what searches find', then: { version: null } },
    { why: 'the first memory expires', then: { now: minute(10.75) } },
    { why: 'the minute is over', then: { now: minute(11) } },
    { why: 'the clock goes back by more than that', then: { now: minute(9.9) } },
  ])('is not used when $why', ({ then }) => {
    expect(told().recall({ ...asking, ...then })).toBeNull();
  });

  test('is not used later where it is not known what searches found', () => {
    const remembered = createRemembered();
    remembered.remember({ ...asking, version: null }, totals);
    expect(remembered.recall({ ...asking, version: null })).toBeNull();
  });

  test('tells how much the reader had to read, even when it is out of date', () => {
    const remembered = told();
    expect(remembered.passagesOf({ reader: 'ada' })).toBe(3);
    expect(remembered.passagesOf({ reader: 'bob' })).toBe(0);
  });

  test('has every word once all are counted', () => {
    const remembered = told();
    remembered.recall(asking)?.learnAll(vocabulary);
    expect(remembered.recall(asking)?.withTerm('parser')).toBe(2);
    expect(remembered.recall(asking)?.withTerm('grammar')).toBe(0);
  });

  test('has no words of what was counted before', () => {
    const remembered = told();
    remembered.recall(asking)?.learnAll(vocabulary);
    const counted = remembered.remember({ ...asking, version: 'second' }, totals);
    expect(counted.withTerm('parser')).toBeUndefined();
  });
});
