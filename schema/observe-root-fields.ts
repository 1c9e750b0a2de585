// Tells the context of each root field: how it went, and how long it took. Around the field as Pothos built it, so that
// refused arguments and limits are seen as well as what the resolver says.
import type { GraphQLField, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import type { Context } from './context.ts';
import { codeOf } from './errors.ts';

export function observeRootFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType()])
    for (const field of Object.values(type?.getFields() ?? {})) observe(field, `${type?.name}.${field.name}`);
  return schema;
}

function observe(field: GraphQLField<unknown, Context>, name: string): void {
  const { resolve } = field;
  if (resolve === undefined) return;
  const observed: GraphQLFieldResolver<unknown, Context> = async (source, args, context, info) => {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    try {
      const value = await resolve(source, args, context, info);
      context.resolved(name, 'OK', seconds());
      return value;
    } catch (error) {
      context.resolved(name, codeOf(error), seconds());
      throw error;
    }
  };
  field.resolve = observed;
}
