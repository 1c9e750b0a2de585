// What a subscription's document subscribes to.
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';

/** The one field at the root of a valid subscription, through fragments too. */
export function rootFieldOf(document: DocumentNode, { selectionSet }: OperationDefinitionNode): FieldNode | null {
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === 'FragmentDefinition')
      .map((fragment) => [fragment.name.value, fragment.selectionSet]),
  );
  const find = (selections: SelectionSetNode | undefined): FieldNode | null => {
    const [first] = selections?.selections ?? [];
    if (first === undefined || first.kind === 'Field') return first ?? null;
    return find(first.kind === 'FragmentSpread' ? fragments.get(first.name.value) : first.selectionSet);
  };
  return find(selectionSet);
}

/** The variable that gives an argument of the field; null when none does. */
export function variableOf(field: FieldNode, argument: string): string | null {
  const value = field.arguments?.find(({ name }) => name.value === argument)?.value;
  return value?.kind === 'Variable' ? value.name.value : null;
}
