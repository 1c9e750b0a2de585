// The schema against the contract: what is built is as agreed.
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { expect, test } from 'vitest';
import { schema, sdl } from '../../schema/schema.ts';

const contract = buildSchema(readFileSync(new URL('./contract.graphql', import.meta.url), 'utf8'));

/** Beyond the contract, where users would expect them. */
const ADDED = [
  'Rebuild',
  'RebuildComparison',
  'RebuildDocuments',
  'ViewBuild',
  'Query.rebuild',
  'Mutation.rebuildViews',
  'Mutation.switchViewsBack',
  'Mutation.dropViews',
  'enum RebuildPhase COMPARING EMBEDDING FILLING IDLE SWITCHING',
  'enum RebuildResult DIFFERENT FAILED STOPPED SWITCHED',
  'Handoff.withheld',
  'ParkedStream',
  'RetryPayload',
  'Query.parkedStreams',
  'Mutation.retryParked',
];

/** A field with its arguments, or a type with its fields. */
const isAdded = (line: string) => {
  const [field = ''] = line.split(/[(:]/);
  return ADDED.some((name) => field === name || field.startsWith(`${name}.`));
};

/** graphql 16 can neither print nor introspect a scalar's default that is an object; without one the default is the same. */
const DEFAULT_IN_WORDS = [
  'RecordMemoryInput.metadata',
  'RecordReflectionInput.metadata',
  'CompleteRunInput.evaluation',
  'OfferHandoffInput.context',
];

const defaultOf = ({ defaultValue }: GraphQLArgument | GraphQLInputField) =>
  defaultValue === undefined ? '' : ` = ${JSON.stringify(defaultValue)}`;

/** Each line a promise: `Query.memories(first): Int = 20`. */
function promises(of: typeof schema): string[] {
  const lines: string[] = [];
  for (const type of Object.values(of.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isScalarType(type)) lines.push(`scalar ${type.name}`);
    if (isEnumType(type))
      lines.push(
        `enum ${type.name} ${type
          .getValues()
          .map(({ name }) => name)
          .sort()
          .join(' ')}`,
      );
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) {
        const path = `${type.name}.${field.name}`;
        lines.push(`${path}: ${field.type}${DEFAULT_IN_WORDS.includes(path) ? '' : defaultOf(field)}`);
      }
    if (isObjectType(type))
      for (const field of Object.values(type.getFields())) {
        lines.push(`${type.name}.${field.name}: ${field.type}`);
        for (const arg of field.args)
          lines.push(`${type.name}.${field.name}(${arg.name}): ${arg.type}${defaultOf(arg)}`);
      }
  }
  return lines.sort();
}

test('the schema is the contract', () => {
  const agreed = promises(schema).filter((line) => !isAdded(line));
  expect(agreed).toEqual(promises(contract));
});

test('schema.graphql is the printed schema (npm run schema)', () => {
  expect(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8')).toBe(sdl());
});

test('every text and number that a client gives has a limit', () => {
  const unlimited: string[] = [];
  const check = (where: string, input: GraphQLArgument | GraphQLInputField) => {
    const type = String(input.type).replaceAll(/[[\]!]/g, '');
    const limited = input.extensions['@pothos/plugin-validation'] !== undefined;
    if (['String', 'ID', 'Int', 'Float'].includes(type) && !limited) unlimited.push(where);
    if (String(input.type).includes('[') && !limited) unlimited.push(where);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field);
    if (isObjectType(type))
      for (const field of Object.values(type.getFields()))
        for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name})`, arg);
  }
  expect(unlimited).toEqual([]);
});
