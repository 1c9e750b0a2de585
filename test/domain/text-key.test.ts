import { describe, expect, test } from 'vitest';
import { sameText } from '../../src/domain/text-key.ts';
import { aRecording } from '../support/fixtures.ts';

const same = (content: string) => sameText(aRecording({ content }));

describe('the same to dedupe', () => {
  test.each([
    ['space around it', 'hello world', '\n  hello world\t'],
    ['case', 'Hello World', 'hELLO wORLD'],
    ['ß and ss', 'Straße', 'STRASSE'],
    ['ẞ and ss', 'STRAẞE', 'strasse'],
    ['the two small sigmas', 'ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύς'],
    ['an accent typed apart', 'café', 'cafe\u0301'],
  ])('%s', (_, one, other) => expect(same(one)).toBe(same(other)));
});

describe('not the same', () => {
  test.each([
    ['space within it', 'hello world', 'hello  world'],
    ['an accent', 'café', 'cafe'],
  ])('%s', (_, one, other) => expect(same(one)).not.toBe(same(other)));

  test.each([
    ['agent', { agent: 'bob' }],
    ['namespace', { namespace: 'other' }],
    ['user', { user: 'user_42' }],
    ['scope', { scope: 'AGENT_PRIVATE' }],
  ] as const)('another %s', (_, other) => expect(sameText(aRecording(other))).not.toBe(sameText(aRecording())));

  test('parts that run into one another', () =>
    expect(sameText(aRecording({ agent: 'a', namespace: 'b","c' }))).not.toBe(
      sameText(aRecording({ agent: 'a","b', namespace: 'c' })),
    ));
});

test('what does not decide is left out', () =>
  expect(sameText(aRecording({ metadata: { a: 1 }, session: 's', author: 'x' }))).toBe(sameText(aRecording())));
