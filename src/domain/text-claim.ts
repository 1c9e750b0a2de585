// The stream `text-tenant+<text key>`: which memory holds this text, so that callers who deduplicate at the same time agree.

export type TextEvent = { type: 'text.claimed'; data: { memory: string } };

/** The memory that claimed the text last; null before the first. What it is worth, its own stream tells. */
export type TextClaim = string | null;

export const evolve = (_state: TextClaim, event: TextEvent): TextClaim => event.data.memory;
