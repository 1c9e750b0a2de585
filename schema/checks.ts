// What every text, number and list of the API must be. A field says it with `validate`; null is let through by Pothos.
import { z } from 'zod';
import { type Failure, failure } from '../src/domain/failure.ts';
import { limits, namePattern } from '../src/domain/limits.ts';

const count = (limit: number) => limit.toLocaleString('en');

/** Free text, as any store gives it back: no NUL, no half of a surrogate pair. */
export const text = (limit: number) => {
  const length = `must have 1 to ${count(limit)} characters`;
  return z
    .string()
    .min(1, length)
    .max(limit, length)
    .refine(
      (value) => value.isWellFormed() && !value.includes('\0'),
      'must not hold a NUL or half of a surrogate pair',
    );
};

/** Tenants, agents, teams, namespaces. */
export const name = z
  .string()
  .max(limits.name, `must have 1 to ${limits.name} characters`)
  .regex(namePattern, `must be 1 to ${limits.name} of a-z A-Z 0-9 . _ -`);

/** Ids, and the names of what is not Annals' own: authors, users, sessions, messages. */
export const label = text(limits.label);

export const integer = (minimum: number, maximum: number) => {
  const range = `must be a whole number from ${count(minimum)} to ${count(maximum)}`;
  return z.int(range).min(minimum, range).max(maximum, range);
};

export const number = (minimum: number, maximum: number) => {
  const range = `must be a number from ${minimum} to ${maximum}`;
  return z.number(range).min(minimum, range).max(maximum, range);
};

export const pageSize = integer(1, limits.first);
export const version = integer(0, 2 ** 31 - 1);
export const ttl = integer(1, limits.ttl);

export const list = (item: z.ZodType, limit: number = limits.first) =>
  z.array(item).max(limit, `must name at most ${count(limit)}`);

/** For lists whose items are checked in their own type. */
export const atMost = (limit: number) => list(z.unknown(), limit);

type Issue = { readonly message: string; readonly path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined };

/** The first of what is wrong, under the path of its field: `input.sources.0.quote`. */
export function refusalOf([issue]: readonly Issue[]): Failure {
  const field = issue?.path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.') ?? '';
  const limit = limitOf(issue);
  return failure('INVALID_INPUT', `${field} ${issue?.message ?? 'is wrong'}`, {
    field,
    ...(limit !== undefined && { limit }),
  });
}

const bounds = z.object({ maximum: z.number().optional(), minimum: z.number().optional() });

function limitOf(issue: unknown): number | undefined {
  const { data } = bounds.safeParse(issue);
  return data?.maximum ?? data?.minimum;
}
