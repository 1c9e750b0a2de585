// The noun `receipt`: a search that was kept, and asked again.
import type { Explained, ReceiptHit as ReceiptHitShape } from '../src/queries/why.ts';
import { builder } from './builder.ts';
import { label } from './checks.ts';
import { Memory } from './memory.ts';
import { Explain } from './search.ts';

const ReceiptHit = builder.objectRef<ReceiptHitShape>('ReceiptHit').implement({
  description: 'memory: as it was then; null if the caller may not read it, or it was erased.',
  fields: (t) => ({
    id: t.exposeID('id'),
    score: t.exposeFloat('score'),
    explain: t.expose('explain', { type: Explain }),
    memory: t.expose('memory', { type: Memory, nullable: true }),
  }),
});

const Receipt = builder.objectRef<Explained>('Receipt').implement({
  description:
    'A kept search: what was asked, by whom, what came back; and the same question asked again at that position.',
  fields: (t) => ({
    id: t.exposeID('id'),
    position: t.expose('position', { type: 'Position' }),
    at: t.expose('at', { type: 'DateTime' }),
    by: t.exposeString('by'),
    input: t.expose('input', { type: 'JSON' }),
    returned: t.expose('returned', { type: [ReceiptHit], complexity: { multiplier: 10 } }),
    same: t.exposeBoolean('same', {
      description:
        'The replay gave the same memories with the same scores, and so in the same order, but for what rounding vectors makes of two that are as good.',
    }),
    replayed: t.expose('replayed', { type: [ReceiptHit], complexity: { multiplier: 10 } }),
  }),
});

builder.queryField('why', (t) =>
  t.field({
    type: Receipt,
    description: "Of the caller's own searches; a tenant key sees all.",
    nullable: true,
    args: { receipt: t.arg.id({ required: true, validate: label }) },
    complexity: 500,
    resolve: (_parent, { receipt }, { queries }) => queries.why(receipt),
  }),
);
