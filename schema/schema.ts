// The whole schema. The only file that imports every noun.
import { printSchema } from 'graphql';
import { builder } from './builder.ts';
import { observeRootFields } from './observe-root-fields.ts';
import './scalars.ts';
import './enums.ts';
import './delta.ts';
import './event.ts';
import './feature.ts';
import './handoff.ts';
import './handoff-mutations.ts';
import './key.ts';
import './memory-mutations.ts';
import './memory-queries.ts';
import './parking.ts';
import './playbook.ts';
import './rebuild.ts';
import './receipt.ts';
import './reflection.ts';
import './run.ts';
import './search.ts';
import './subscription-events.ts';
import './subscription-handoffs.ts';
import './subscription-memories.ts';
import './subscription-session.ts';
import './session.ts';
import './team.ts';
import './verification.ts';
import './viewer.ts';
import './vote.ts';

export const schema = observeRootFields(builder.toSchema());

/** As it is kept in schema.graphql. */
export const sdl = (): string => `${printSchema(schema)}\n`;
