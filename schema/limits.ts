// How much one request may ask for. What is over a limit is refused before any resolver runs, as TOO_COMPLEX.
import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import { GraphQLError, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Fields, each as often as it may be answered; a page of 100 memories with all their fields is some 3,000. */
export const MAX_COMPLEXITY = 20_000;

/** The standard introspection query, which GraphiQL sends, needs 15. */
const MAX_DEPTH = 16;
const MAX_ALIASES = 50;
const MAX_DIRECTIVES = 50;
const MAX_TOKENS = 4_000;
/** Of lists and objects in variables. A filter in a filter counts two. */
const MAX_VARIABLE_DEPTH = 32;

export const tooComplex = (what: string, limit: number, found?: number): GraphQLError =>
  new GraphQLError(
    `the request ${what}: the limit is ${limit.toLocaleString('en')}${found ? `, this is ${found.toLocaleString('en')}` : ''}`,
    {
      extensions: { code: 'TOO_COMPLEX', limit },
    },
  );

/** graphql-armor's way to say it otherwise: a listener that throws before armor does. */
const refuse = (what: string, limit: number) => ({
  n: limit,
  onReject: [
    () => {
      throw tooComplex(what, limit);
    },
  ],
});

const beforeExecution: Plugin = {
  onExecute({ args: { document, operationName, variableValues }, setResultAndStopExecution }) {
    const stop = (error: GraphQLError) => setResultAndStopExecution({ errors: [error] });
    if (isDeeper(variableValues, MAX_VARIABLE_DEPTH))
      stop(tooComplex('has variables nested too deep', MAX_VARIABLE_DEPTH));
    // Yoga's executor throws an error like any other for this.
    else if (!getOperationAST(document, operationName))
      stop(new GraphQLError('operationName must name one of the operations', { extensions: UNNAMED }));
  },
};

const UNNAMED = { code: 'INVALID_INPUT', field: 'operationName' };

/** Coercing a variable is a recursion: the stack must not be the client's to fill. */
const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1)));

/** For Yoga, in any order. Introspection is allowed, and counts like any other question. */
export const limitPlugins: Plugin[] = [
  maxTokensPlugin(refuse('has too many words', MAX_TOKENS)),
  maxDepthPlugin({ ...refuse('is nested too deep', MAX_DEPTH), ignoreIntrospection: false, flattenFragments: true }),
  maxAliasesPlugin(refuse('has too many aliases', MAX_ALIASES)),
  maxDirectivesPlugin(refuse('has too many directives', MAX_DIRECTIVES)),
  beforeExecution,
];
