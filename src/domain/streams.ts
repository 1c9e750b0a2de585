// Stream names: `category-tenant+id`. Nothing else builds or takes apart a name.

export const categories = [
  'memory',
  'text',
  'team',
  'key',
  'session',
  'handoff',
  'feature',
  'run',
  'receipt',
  'parking',
] as const;
export type Category = (typeof categories)[number];

export type StreamName = { category: Category; tenant: string; id: string };

/** Holds what belongs to no tenant (the administrator's keys and what it asks of the projections). `$` is in no tenant's name. */
export const SERVER = '$server';

const byName = new Map<string, Category>(categories.map((category) => [category, category]));

export const streamName = (category: Category, tenant: string, id: string): string => `${category}-${tenant}+${id}`;

/** The parts of a name; null for a name that Annals never made. */
export function parseStream(name: string): StreamName | null {
  const dash = name.indexOf('-');
  const plus = name.indexOf('+', dash);
  const category = byName.get(name.slice(0, Math.max(dash, 0)));
  if (plus < 0 || category === undefined) return null;
  return { category, tenant: name.slice(dash + 1, plus), id: name.slice(plus + 1) };
}
