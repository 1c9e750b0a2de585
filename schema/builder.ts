// The builder and its plugins. Defines no types; every noun imports it.
import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ValidationPlugin from '@pothos/plugin-validation';
import type { Instant, Json, JsonObject, Position } from '../src/domain/event.ts';
import { refusalOf } from './checks.ts';
import type { Context } from './context.ts';
import { MAX_COMPLEXITY, tooMuch } from './limits.ts';

export const builder = new SchemaBuilder<{
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    Position: { Input: Position; Output: Position };
    DateTime: { Input: Instant; Output: Instant };
    JSON: { Input: JsonObject; Output: JsonObject };
    JSONValue: { Input: Json; Output: Json };
  };
  DefaultFieldNullability: false;
}>({
  plugins: [ComplexityPlugin, ValidationPlugin],
  defaultFieldNullability: false,
  validation: { validationError: ({ issues }) => refusalOf(issues) },
  complexity: {
    limit: { complexity: MAX_COMPLEXITY },
    complexityError: (_kind, { complexity }) => tooMuch(complexity),
  },
});

builder.queryType();
builder.mutationType();
builder.subscriptionType({
  description:
    'Each resumes: with `after`, everything since that position comes first, then what happens live, in order, each once, with no seam. A heartbeat carries a position too.',
});
