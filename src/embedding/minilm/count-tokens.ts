// Counts a text's tokens as the built-in embedder reads them. A module, for the views' worker to load by its address.
import { loadTokenizer } from './tokenizer.ts';

export const { countTokens } = loadTokenizer();
