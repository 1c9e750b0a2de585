// About how many characters a value would have as JSON: the client gives events parsed, and their size is to be bounded.
export function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + roughSize(item) + 1, 2);
  let sum = 2;
  for (const [key, item] of Object.entries(value)) sum += key.length + 4 + roughSize(item);
  return sum;
}
