// What makes two texts of an agent the same.
import type { Memory } from './memory.ts';

export type KeyedText = Pick<Memory, 'agent' | 'namespace' | 'user' | 'scope' | 'content'>;

/** Equal for texts that are the same to `dedupe`: of one agent, namespace, user and scope, trimmed and case-folded. */
export const sameText = ({ agent, namespace, user, scope, content }: KeyedText): string =>
  JSON.stringify([agent, namespace, user, scope, foldCase(content.trim())]);

/** Through both cases, so that ß, ẞ and ss are one; composed, so that é is one letter however it was typed. */
const foldCase = (text: string): string => text.normalize('NFC').toLowerCase().toUpperCase().toLowerCase();
