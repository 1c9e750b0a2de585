// Scalars: how text and JSON from outside become positions, times and values, and back.
import { Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { checkMetadata } from '../src/domain/checks.ts';
import type { Instant, Json, JsonObject, Position } from '../src/domain/event.ts';
import { failure } from '../src/domain/failure.ts';
import { builder } from './builder.ts';

const invalid = (message: string) => failure('INVALID_INPUT', message);

builder.scalarType('Position', {
  description:
    "A place in the event log. Opaque, sortable as text; in every mutation's payload. Pass it as `minPosition` to read what you have written.",
  parseValue(value): Position {
    if (typeof value !== 'string' || !/^[\x21-\x7e]{1,64}$/.test(value))
      throw invalid('a Position is text that a payload of this server gave');
    return value;
  },
});

/** RFC 3339: date, time, and an offset from UTC. */
const TIME = /^(\d{4}-\d\d-\d\d)[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

builder.scalarType('DateTime', {
  description: 'A time by RFC 3339, as `2026-01-31T12:00:00Z`; given back in UTC with milliseconds.',
  parseValue(value): Instant {
    const match = typeof value === 'string' ? TIME.exec(value) : null;
    const time = match === null ? Number.NaN : Date.parse(match[0].toUpperCase());
    if (match === null || Number.isNaN(time) || !isDate(match[1] ?? ''))
      throw invalid('a DateTime is a time by RFC 3339 with an offset, as 2026-01-31T12:00:00Z');
    const instant = new Date(time).toISOString();
    if (instant.length !== 24) throw invalid('a DateTime is in the years 0000 to 9999');
    return instant;
  },
});

/** `Date.parse` takes the 30th of February for the 2nd of March. */
const isDate = (date: string): boolean => {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
};

builder.scalarType('JSON', {
  description: 'A JSON object: at most 64 keys, 5 levels deep, 16 kB.',
  serialize: (value) => value,
  parseValue: jsonObject,
  parseLiteral: (node, variables) => jsonObject(literal(node, variables)),
});

builder.scalarType('JSONValue', {
  description: 'Any JSON value, within the limits of JSON.',
  serialize: (value) => value,
  parseValue: jsonValue,
  parseLiteral: (node, variables) => jsonValue(literal(node, variables)),
});

function jsonObject(given: unknown): JsonObject {
  const value = json(given);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalid('a JSON is a JSON object');
  checkMetadata(value, 'the JSON object');
  return value;
}

function jsonValue(given: unknown): Json {
  const value = json(given);
  checkMetadata({ value }, 'the JSON value');
  return value;
}

/** What JSON.parse made is JSON; but for numbers it could not hold, and what GraphQL's literals may say besides. */
function json(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
        throw invalid('a number beyond ±(2^53 − 1) loses digits; give it as text');
      return value;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(json);
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, json(item)]));
    default:
      throw invalid('a JSON value is text, a number, true, false, null, a list or an object');
  }
}

function literal(node: ValueNode, variables: Record<string, unknown> | null | undefined): unknown {
  if (node.kind === Kind.ENUM) throw invalid('a JSON value has its texts in quotes');
  return valueFromASTUntyped(node, variables);
}
