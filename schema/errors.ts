// The one place where a failure becomes a GraphQL error, with extensions {code, field, limit, …}.
import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import { Failure, type FailureCode, type FailureDetails, failureCodes } from '../src/domain/failure.ts';
import { fieldAt } from './field-at.ts';

/**
 * What goes out for any error. What nobody foresaw goes out as INTERNAL, without a word of what it was: whoever runs the
 * server finds it in the log by the correlation id. What went through here already comes back as it is.
 */
export function toGraphQLError(error: unknown, correlationId: string): GraphQLError {
  if (error instanceof GraphQLError && isCode(error.extensions.code)) return withoutHttp(error);
  const cause = causeOf(error);
  const code = codeOf(error);
  if (code === 'INTERNAL')
    return present(error, `something went wrong inside; the server's log tells more under ${correlationId}`, {
      code,
      correlationId,
    });
  if (cause instanceof Failure) return present(error, cause.message, { code, ...cause.details, ...placeOf(error) });
  return present(error, cause instanceof Error ? withoutValues(cause.message) : 'the request is wrong', {
    code,
    ...placeOf(error),
  });
}

/** INTERNAL: nobody foresaw it, and the log should have all of it. */
export function codeOf(error: unknown): FailureCode {
  const cause = causeOf(error);
  if (cause instanceof Failure) return cause.code;
  if (!(cause instanceof GraphQLError)) return 'INTERNAL';
  return failureCodes.find((code) => code === cause.extensions.code) ?? 'INVALID_INPUT';
}

/** Yoga notes on errors of validation how it would answer them over HTTP. */
function withoutHttp(error: GraphQLError): GraphQLError {
  const { http, ...extensions } = error.extensions;
  return http === undefined ? error : present(error, error.message, extensions);
}

/** Others put codes on errors, too. */
const isCode = (code: unknown): boolean => failureCodes.some((ours) => ours === code);

/** The innermost of the errors that GraphQL has wrapped on the way up. */
function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? causeOf(error.originalError) : error;
}

/** Where graphql-js found it; a resolver's own failures name their field themselves. */
function placeOf(error: unknown): FailureDetails {
  const field = error instanceof GraphQLError && error.path === undefined ? fieldAt(error) : null;
  return field === null ? {} : { field };
}

function present(error: unknown, message: string, extensions: GraphQLErrorExtensions): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, {
    ...(nodes && { nodes }),
    ...(source && { source }),
    ...(positions && { positions }),
    ...(path && { path }),
    extensions,
  });
}

/** graphql-js's words, without the names it suggests, and without the values it was given: they may be a memory's. */
const withoutValues = (message: string): string =>
  message
    .replace(/ ?Did you mean [^?]*\?/, '')
    .replace(/^(Variable "\$\w+") got invalid value .*/s, '$1 got an invalid value.')
    .replace(/ cannot represent ([^:]*): .*/s, ' cannot represent $1.')
    .replace(/^Value ".*" does not exist in/s, 'The value does not exist in')
    .replace(/^(Expected value of type "[^"]*"), found .*/s, '$1.')
    .replace(/found (String|BlockString) .*/s, 'found a $1.');
