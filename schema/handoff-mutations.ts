// Offering a handoff, and answering one.
import type { HandoffResult } from '../src/commands/context.ts';
import { builder } from './builder.ts';
import { Handoff } from './handoff.ts';
import { AnswerHandoffInput, OfferHandoffInput } from './handoff-inputs.ts';

const HandoffPayload = builder.objectRef<HandoffResult>('HandoffPayload').implement({
  fields: (t) => ({
    handoff: t.expose('handoff', { type: Handoff }),
    position: t.expose('position', { type: 'Position' }),
  }),
});

builder.mutationFields((t) => ({
  offerHandoff: t.field({
    type: HandoffPayload,
    args: { input: t.arg({ type: OfferHandoffInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.offerHandoff(input),
  }),
  acceptHandoff: t.field({
    type: HandoffPayload,
    description: 'By the recipient, or one of its team. Exactly one does; others get a CONFLICT that says who did.',
    args: { input: t.arg({ type: AnswerHandoffInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.acceptHandoff(input),
  }),
  declineHandoff: t.field({
    type: HandoffPayload,
    description: 'By the recipient, or one of its team: then nobody can accept it any more.',
    args: { input: t.arg({ type: AnswerHandoffInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.declineHandoff(input),
  }),
  completeHandoff: t.field({
    type: HandoffPayload,
    description: 'By who accepted it.',
    args: { input: t.arg({ type: AnswerHandoffInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.completeHandoff(input),
  }),
  cancelHandoff: t.field({
    type: HandoffPayload,
    description: 'By its sender, while nobody has answered it.',
    args: { input: t.arg({ type: AnswerHandoffInput, required: true }) },
    resolve: (_, { input }, { commands }) => commands.cancelHandoff(input),
  }),
}));
