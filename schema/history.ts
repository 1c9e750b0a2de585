// The noun `history`: the events of one memory, as part of it.
import type { VisibleEvent } from '../src/queries/visible-events.ts';
import { builder } from './builder.ts';

export const HistoryEntry = builder.objectRef<VisibleEvent>('HistoryEntry').implement({
  fields: (t) => ({
    position: t.expose('position', { type: 'Position' }),
    version: t.exposeInt('version'),
    event: t.exposeString('type'),
    at: t.expose('at', { type: 'DateTime' }),
    by: t.exposeString('by'),
    data: t.expose('data', { type: 'JSON' }),
  }),
});
