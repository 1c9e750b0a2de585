// Whether two answers say the same, where the one's vectors were rounded otherwise than the other's: scores may differ in
// their last digits, and rows of equal score may come in another order, or the one or the other be cut off at the end.
import { isDeepStrictEqual } from 'node:util';

/** Two scores nearer than this are the same. */
const NEAR = 1e-4;

type Row = { score: number; [field: string]: unknown };

/** null: alike; else where they differ first. */
export function differenceOf(a: unknown, b: unknown, path = '$'): string | null {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= NEAR ? null : path;
  if (Array.isArray(a) && Array.isArray(b)) return differenceOfLists(a, b, path);
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = differenceOf(a[key], b[key], `${path}.${key}`);
      if (found !== null) return found;
    }
    return null;
  }
  return isDeepStrictEqual(a, b) ? null : path;
}

function differenceOfLists(a: readonly unknown[], b: readonly unknown[], path: string): string | null {
  if (a.length !== b.length) return `${path}.length`;
  const rest = b.map((row, index) => ({ row, index }));
  for (const [index, row] of a.entries()) {
    const found = isRow(row)
      ? rest.findIndex((other) => isRow(other.row) && near(row, other.row) && sameRow(row, other.row))
      : rest.findIndex((other) => other.index === index);
    const other = rest[found];
    if (other === undefined) {
      if (isRow(row) && isAtTheCut(row, a) && rest.some((one) => isRow(one.row) && near(row, one.row))) continue;
      return `${path}[${index}]`;
    }
    const difference = differenceOf(row, other.row, `${path}[${index}]`);
    if (difference !== null) return difference;
    rest.splice(found, 1);
  }
  return null;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRow = (value: unknown): value is Row => isObject(value) && typeof value.score === 'number';

const near = (a: Row, b: Row): boolean => Math.abs(a.score - b.score) <= NEAR;

const sameRow = (a: Row, b: Row): boolean => idOf(a) === idOf(b);

/** Hits and entries show their memory; what a receipt tells of has its id. */
const idOf = (row: Row): unknown => (isObject(row.memory) ? row.memory.id : row.id);

/** Others of the same score may have been left out. */
function isAtTheCut(row: Row, rows: readonly unknown[]): boolean {
  const last = rows.at(-1);
  return isRow(last) && near(row, last);
}
