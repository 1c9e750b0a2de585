// As many tokens as words: what decides in tests where a long memory is split. A module, for it can go to a worker.
export const countTokens = (text: string): number => text.match(/\S+/g)?.length ?? 0;
