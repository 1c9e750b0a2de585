// Parsed documents, kept by their text. Only short ones: agents send few different documents over and over, and a
// document that carries a memory's whole text is sent once.
import type { DocumentNode } from 'graphql';
import QuickLru from 'quick-lru';

const MAX_DOCUMENTS = 500;
const MAX_CHARACTERS = 8_000;

export type Cache<T> = { get(text: string): T | undefined; set(text: string, value: T): void };

function boundedCache<T>(): Cache<T> {
  const kept = new QuickLru<string, T & {}>({ maxSize: MAX_DOCUMENTS });
  return {
    get: (text) => kept.get(text),
    set: (text, value) => {
      if (text.length <= MAX_CHARACTERS && value != null) kept.set(text, value);
    },
  };
}

export const createDocumentCaches = () => ({
  documentCache: boundedCache<DocumentNode>(),
  errorCache: boundedCache<unknown>(),
});
