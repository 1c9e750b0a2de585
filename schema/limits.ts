// How much one request may ask for. What is over a limit is refused before any resolver runs, as TOO_COMPLEX.
import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Lexer,
  Source,
  TokenKind,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Fields, each as often as it may be answered; a page of 100 memories with all their fields is some 3,000. */
export const MAX_COMPLEXITY = 20_000;

/** The standard introspection query, which GraphiQL sends, needs 15. */
const MAX_DEPTH = 16;
const MAX_ALIASES = 50;
const MAX_DIRECTIVES = 50;
const MAX_TOKENS = 4_000;
/** Of any kind: selections, arguments, lists and objects. */
const MAX_BRACKETS = 64;
/** graphql-js's own, when it looks for fields of the same name that differ. */
const MAX_COMPARISONS = 500_000;
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

/** Why a valid document cannot be executed as it is asked for; null when it can. */
export function refusalOf({ document, operationName, variables }: Asked): GraphQLError | null {
  if (isDeeper(variables, MAX_VARIABLE_DEPTH)) return tooComplex('has variables nested too deep', MAX_VARIABLE_DEPTH);
  // graphql-js throws an error like any other for this.
  if (getOperationAST(document, operationName)) return null;
  return new GraphQLError('operationName must name one of the operations', { extensions: UNNAMED });
}

export type Asked = {
  document: DocumentNode;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
};

const beforeExecution: Plugin = {
  onExecute({ args: { document, operationName, variableValues }, setResultAndStopExecution }) {
    const refusal = refusalOf({ document, operationName, variables: variableValues });
    if (refusal !== null) setResultAndStopExecution({ errors: [refusal] });
  },
};

const UNNAMED = { code: 'INVALID_INPUT', field: 'operationName' };

/** For a subscription, which must know it when it begins: for other operations Pothos asks when they are executed. */
export function complexityRefusalOf(schema: GraphQLSchema, { document, variables }: Asked): GraphQLError | null {
  const { complexity } = complexityFromQuery(document, { schema, ctx: {}, variables: variables ?? {} });
  return complexity > MAX_COMPLEXITY ? tooMuch(complexity) : null;
}

export const tooMuch = (complexity: number): GraphQLError =>
  tooComplex('asks for too much at once: fewer fields, or a smaller `first`', MAX_COMPLEXITY, complexity);

/** Coercing a variable is a recursion: the stack must not be the client's to fill. */
const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1)));

/** Where graphql-js itself would give up: in words of its own, or with a full stack, as its parser is a recursion. */
const givingUp: Plugin = {
  onParse({ parseFn, setParseFn }) {
    setParseFn((source: string | Source, options: unknown) => {
      if (isNested(source, MAX_BRACKETS)) throw tooComplex('is nested too deep', MAX_BRACKETS);
      return parseFn(source, options);
    });
  },
  onValidate:
    () =>
    ({ result, setResult }) => {
      if (result.some(({ message }: Error) => message === 'Validation aborted.'))
        setResult([tooComplex('has too many fields to compare with each other', MAX_COMPARISONS)]);
    },
};

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Whether brackets are more than so many levels deep, in as many words as are read at most. */
function isNested(source: string | Source, levels: number): boolean {
  const lexer = new Lexer(typeof source === 'string' ? new Source(source) : source);
  let level = 0;
  for (let words = 0; words < MAX_TOKENS && level <= levels; words++) {
    const { kind } = lexer.advance();
    if (opening.has(kind)) level += 1;
    else if (closing.has(kind)) level -= 1;
    else if (kind === TokenKind.EOF) return false;
  }
  return level > levels;
}

/** For Yoga, in any order, but for the last. Introspection is allowed, and counts like any other question. */
export const limitPlugins: Plugin[] = [
  maxTokensPlugin(refuse('has too many words', MAX_TOKENS)),
  maxDepthPlugin({ ...refuse('is nested too deep', MAX_DEPTH), ignoreIntrospection: false, flattenFragments: true }),
  maxAliasesPlugin(refuse('has too many aliases', MAX_ALIASES)),
  maxDirectivesPlugin(refuse('has too many directives', MAX_DIRECTIVES)),
  beforeExecution,
  givingUp,
];
