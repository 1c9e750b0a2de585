/** What a search goes by: meaning and words, or one of them. */
export type SearchMode = 'HYBRID' | 'SEMANTIC' | 'KEYWORD';
