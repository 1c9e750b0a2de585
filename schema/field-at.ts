// Where in the arguments an error is that GraphQL found before any resolver ran: `input.sources.0.quote`.
import { type ASTNode, BREAK, type DocumentNode, type GraphQLError, Kind, parse, type Source, visit } from 'graphql';

/** null: it is in no argument. */
export function fieldAt(error: GraphQLError): string | null {
  const [node] = error.nodes ?? [];
  if (node?.loc === undefined) return null;
  const path = [...place(error, node, parsed(node.loc.source))];
  const [, field, argument] = NAMED.exec(ownWords(error)) ?? [];
  const missing = argument ?? field;
  if (missing !== undefined && missing !== path.at(-1)) path.push(missing);
  return path.length === 0 ? null : path.join('.');
}

/** What an error names that is missing from where it was found, or is there and should not be. */
const NAMED = /^Field "(?:\w+\.)?(\w+)"(?: argument "(\w+)")? (?:of (?:required )?type|is not defined)/;

function place(error: GraphQLError, node: ASTNode, document: DocumentNode): string[] {
  if (node.kind !== Kind.VARIABLE_DEFINITION)
    return pathTo(document, (other) => other.kind === node.kind && other.loc?.start === node.loc?.start);
  const name = node.variable.name.value;
  const use = pathTo(document, (other) => other.kind === Kind.VARIABLE && other.name.value === name);
  return [...use, ...pathInVariable(error)];
}

/** From `Variable "$input" got invalid value … at "input.sources[0].quote"; …`: the path without the variable's name. */
function pathInVariable({ message, originalError }: GraphQLError): string[] {
  const prefix = message.slice(0, message.length - (originalError?.message.length ?? 0));
  const [, path = ''] = / at "([\w.[\]]+)"; $/.exec(prefix) ?? [];
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .slice(1);
}

const ownWords = ({ message, originalError }: GraphQLError): string => originalError?.message ?? message;

const documents = new WeakMap<Source, DocumentNode>();

/** An error has its node alone; the document tells what is around it. */
function parsed(source: Source): DocumentNode {
  const document = documents.get(source) ?? parse(source);
  documents.set(source, document);
  return document;
}

/** The argument, the input fields and the places in lists that lead to the first node of this kind. */
function pathTo(document: DocumentNode, isIt: (node: ASTNode) => boolean): string[] {
  const path: string[] = [];
  let found: string[] = [];
  visit(document, {
    enter(node, key, _parent, _path, ancestors) {
      if (node.kind === Kind.VARIABLE_DEFINITION) return false;
      path.push(...step(node, key, ancestors.at(-1)));
      if (!isIt(node)) return undefined;
      found = [...path];
      return BREAK;
    },
    leave(node, key, _parent, _path, ancestors) {
      path.length -= step(node, key, ancestors.at(-1)).length;
    },
  });
  return found;
}

function step(
  node: ASTNode,
  key: string | number | undefined,
  parent: ASTNode | readonly ASTNode[] | undefined,
): string[] {
  const inList = parent !== undefined && 'kind' in parent && parent.kind === Kind.LIST && typeof key === 'number';
  const place = inList ? [String(key)] : [];
  return node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD ? [...place, node.name.value] : place;
}
