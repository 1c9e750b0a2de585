// A piece of SQL and its parameters. Values are always parameters; the text is made of constants alone.

export type Sql = { text: string; parameters: (string | number)[] };

export const sql = (text: string, ...parameters: (string | number)[]): Sql => ({ text, parameters });

/** All must hold: the neutral element is true. */
export const allOf = (parts: readonly Sql[]): Sql => joined(parts, ' AND ', 'TRUE');

/** One must hold: none holds among none. */
export const anyOf = (parts: readonly Sql[]): Sql => joined(parts, ' OR ', 'FALSE');

export const negated = (part: Sql): Sql => ({ ...part, text: `NOT (${part.text})` });

function joined(parts: readonly Sql[], word: string, none: string): Sql {
  if (parts.length === 0) return sql(none);
  return {
    text: parts.map((part) => `(${part.text})`).join(word),
    parameters: parts.flatMap((part) => part.parameters),
  };
}

/** `column IN (…)`, with one parameter however long the list; false where the column is null. */
export const isOneOf = (column: string, values: readonly string[]): Sql =>
  sql(`${column} IS NOT NULL AND ${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(values));
