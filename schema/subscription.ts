// What every subscription has: a place to begin, and heartbeats.
import type { Heartbeat as HeartbeatShape } from '../src/live/cursor.ts';
import { builder } from './builder.ts';

export const AFTER = 'Everything since this position comes first; without it, what happens from now on.';

export const Heartbeat = builder.objectRef<HeartbeatShape>('Heartbeat').implement({
  description: 'Sent when nothing else was for 15 s; moves the resume position past events the caller may not see.',
  fields: (t) => ({ position: t.expose('position', { type: 'Position' }) }),
});
