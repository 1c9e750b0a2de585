// A parked stream as adapters read it back from where they keep it.
import { z } from 'zod';

/** `ParkedStream` of view-store.ts. */
export const parkedStream = z.object({
  stream: z.string(),
  position: z.string(),
  type: z.string(),
  reason: z.string(),
  events: z.number(),
  since: z.string(),
});
