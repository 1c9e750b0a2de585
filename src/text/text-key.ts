import { createHash } from 'node:crypto';
import { type KeyedText, sameText } from '../domain/text-key.ts';

/** Names a text that `dedupe` takes for the same; SHA-256 in hex, so that it tells nothing of the text. */
export const textKey = (text: KeyedText): string => createHash('sha256').update(sameText(text)).digest('hex');
