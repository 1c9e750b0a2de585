// The builder and its plugins. Defines no types; every noun imports it.
import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import TracingPlugin, { isRootField, runFunction } from '@pothos/plugin-tracing';
import ValidationPlugin from '@pothos/plugin-validation';
import type { Instant, Json, JsonObject, Position } from '../src/domain/event.ts';
import { refusalOf } from './checks.ts';
import type { Context } from './context.ts';
import { codeOf } from './errors.ts';
import { MAX_COMPLEXITY, tooComplex } from './limits.ts';

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
  plugins: [TracingPlugin, ComplexityPlugin, ValidationPlugin],
  defaultFieldNullability: false,
  validation: { validationError: ({ issues }) => refusalOf(issues) },
  complexity: {
    limit: { complexity: MAX_COMPLEXITY },
    complexityError: (_kind, { complexity }) =>
      tooComplex('asks for too much at once: fewer fields, or a smaller `first`', MAX_COMPLEXITY, complexity),
  },
  tracing: {
    default: (config) => isRootField(config),
    wrap: (resolver, _options, { parentType, name }) => {
      const field = `${parentType}.${name}`;
      return (source, args, context, info) =>
        runFunction(
          () => resolver(source, args, context, info),
          (error, milliseconds) =>
            context.resolved(field, error === undefined || error === null ? 'OK' : codeOf(error), milliseconds / 1000),
        );
    },
  },
});

builder.queryType();
builder.mutationType();
