// The body of POST /graphql, parsed.
import { z } from 'zod';
import { failure } from '../domain/failure.ts';

const request = z.object(
  {
    query: z.string('must be a string'),
    variables: z.record(z.string(), z.unknown(), 'must be an object').nullish(),
    operationName: z.string('must be a string').nullish(),
  },
  'must be a JSON object',
);

export type GraphqlRequest = { query: string; variables: Record<string, unknown>; operationName: string | null };

export function parseRequest(body: string): GraphqlRequest {
  return checkRequest(parseJson(body));
}

export function checkRequest(value: unknown): GraphqlRequest {
  const { query, variables, operationName } = check(value);
  return { query, variables: variables ?? {}, operationName: operationName ?? null };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's message quotes the body, so it goes no further.
    throw failure('INVALID_INPUT', 'the body is not JSON', { field: 'body' });
  }
}

function check(value: unknown): z.infer<typeof request> {
  if (Array.isArray(value)) throw failure('INVALID_INPUT', 'one request at a time: no batches', { field: 'body' });
  const parsed = request.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'body';
  throw failure('INVALID_INPUT', `${field} ${issue?.message ?? 'is wrong'}`, { field });
}
