// The builds that are there, and making one. Everything here may be done by two processes at once, or be broken off and
// begun again: an index that is there already is as good as one that was made.
import type { estypes } from '@elastic/elasticsearch';
import { z } from 'zod';
import { failure } from '../../domain/failure.ts';
import type { BuildRole } from '../view-builds.ts';
import type { ViewSignature } from '../view-store.ts';
import { type Elastic, Refused } from './client.ts';
import { faultIn } from './mapping-fault.ts';
import { type IndexOptions, LAYOUT, mappingOf, settingsOf } from './mappings.ts';
import {
  buildKinds,
  buildName,
  buildOf,
  type IndexKind,
  indexKinds,
  indexName,
  ownAlias,
  type Part,
  partOf,
  roleAlias,
  servingAlias,
} from './names.ts';

export type BuildMade = {
  name: Part;
  signature: ViewSignature;
  /** Its documents are written as they are here. */
  known: boolean;
  /** null: it was left behind. */
  role: BuildRole | 'serving' | null;
};

export type BuildIndices = {
  /** Oldest first. */
  list(): Promise<BuildMade[]>;
  /** The index kinds that a build has no index of. */
  missing(build: Part, signature: ViewSignature): Promise<IndexKind[]>;
  /** Makes what is missing of a build, and of its model's vectors. */
  complete(build: Part, signature: ViewSignature): Promise<void>;
  /** Fails with UNAVAILABLE, and the names of index and field, when a mapping is not as it is written here. */
  check(build: Part, signature: ViewSignature): Promise<void>;
  /** In one step: this build answers, and only `previous` may answer again. */
  serve(build: Part, signature: ViewSignature, previous: Part | null): Promise<void>;
  /** This build, and no other, is for this role. */
  prepare(build: Part, role: BuildRole): Promise<void>;
  remove(build: Part): Promise<void>;
};

const WHAT = 'the indices of the views cannot be looked at';
const MAKING = 'the indices of the views cannot be made';

/** Making an index waits for the cluster. */
const TIMEOUT = 60_000;

/** Of what is left of a build that does not say what it is. */
const NONE: ViewSignature = { projections: -1, model: '', dimensions: 0 };

const meta = z.object({ layout: z.number(), projections: z.number(), model: z.string(), dimensions: z.number() });

export const nextName = (builds: readonly BuildMade[]): Part => buildName(Number(builds.at(-1)?.name ?? 0) + 1);

export function createBuildIndices(elastic: Elastic, prefix: string, options: IndexOptions): BuildIndices {
  const indexOf = (kind: IndexKind, build: Part, signature: ViewSignature) =>
    indexName(prefix, kind, partOf(kind, build, signature));

  function roleOf(aliases: Record<string, unknown>): BuildMade['role'] {
    if (servingAlias(prefix, 'state') in aliases) return 'serving';
    if (roleAlias(prefix, 'next') in aliases) return 'next';
    return roleAlias(prefix, 'previous') in aliases ? 'previous' : null;
  }

  async function list(): Promise<BuildMade[]> {
    const found = await elastic.send(WHAT, (client, settings) =>
      client.indices.get({ index: `${prefix}-*`, features: ['aliases', 'mappings'] }, settings),
    );
    const names = buildKinds.flatMap((kind) =>
      Object.keys(found).flatMap((index) => buildOf(prefix, kind, index) ?? []),
    );
    return [...new Set(names)].sort().map((name): BuildMade => {
      const { aliases = {}, mappings } = found[indexName(prefix, 'state', name)] ?? {};
      const parsed = meta.safeParse(mappings?._meta);
      if (!parsed.success) return { name, signature: NONE, known: false, role: null };
      const { layout, ...signature } = parsed.data;
      return { name, signature, known: layout === LAYOUT, role: roleOf(aliases) };
    });
  }

  async function make(kind: IndexKind, build: Part, signature: ViewSignature): Promise<void> {
    const request: estypes.IndicesCreateRequest = {
      index: indexOf(kind, build, signature),
      aliases: { [ownAlias(prefix, kind, partOf(kind, build, signature))]: {} },
      settings: settingsOf(kind, options),
      mappings: { ...mappingOf(kind, signature.dimensions), _meta: { layout: LAYOUT, ...signature } },
    };
    try {
      await elastic.send(MAKING, (client, settings) => client.indices.create(request, settings), { timeout: TIMEOUT });
    } catch (error) {
      if (!(error instanceof Refused) || error.type !== 'resource_already_exists_exception') throw error;
    }
  }

  async function change(actions: estypes.IndicesUpdateAliasesAction[]): Promise<void> {
    await elastic.send(MAKING, (client, settings) => client.indices.updateAliases({ actions }, settings), {
      timeout: TIMEOUT,
    });
  }

  const free = (alias: string, kind: IndexKind): estypes.IndicesUpdateAliasesAction => ({
    remove: { index: indexName(prefix, kind, '*'), alias, must_exist: false },
  });

  return {
    list,
    async missing(build, signature) {
      const aliases = indexKinds.map((kind) => ownAlias(prefix, kind, partOf(kind, build, signature)));
      const found = await elastic.send(WHAT, (client, settings) =>
        client.indices.get({ index: aliases, features: ['aliases'], ignore_unavailable: true }, settings),
      );
      return indexKinds.filter((kind) => !(indexOf(kind, build, signature) in found));
    },
    async complete(build, signature) {
      // First, for it says what the others are of.
      await make('state', build, signature);
      await Promise.all(indexKinds.filter((kind) => kind !== 'state').map((kind) => make(kind, build, signature)));
    },
    async check(build, signature) {
      const index = indexKinds.map((kind) => indexOf(kind, build, signature));
      const found = await elastic.send(WHAT, (client, settings) => client.indices.getMapping({ index }, settings));
      for (const [i, kind] of indexKinds.entries()) {
        const name = index[i] ?? '';
        const fault = faultIn(mappingOf(kind, signature.dimensions), found[name]?.mappings ?? {});
        if (fault !== null) throw failure('UNAVAILABLE', `the index ${name} does not fit this server: ${fault}`);
      }
    },
    async serve(build, signature, previous) {
      const next = roleAlias(prefix, 'next');
      const before = roleAlias(prefix, 'previous');
      await change([
        ...indexKinds.flatMap((kind) => {
          const alias = servingAlias(prefix, kind);
          return [free(alias, kind), { add: { index: indexOf(kind, build, signature), alias } }];
        }),
        { remove: { index: indexName(prefix, 'state', build), alias: next, must_exist: false } },
        free(before, 'state'),
        ...(previous === null ? [] : [{ add: { index: indexName(prefix, 'state', previous), alias: before } }]),
      ]);
    },
    async prepare(build, role) {
      const alias = roleAlias(prefix, role);
      await change([free(alias, 'state'), { add: { index: indexName(prefix, 'state', build), alias } }]);
    },
    async remove(build) {
      const index = buildKinds.map((kind) => indexName(prefix, kind, build));
      await elastic.send(
        'the indices of old views cannot be removed',
        (client, settings) => client.indices.delete({ index, ignore_unavailable: true }, settings),
        { timeout: TIMEOUT },
      );
    },
  };
}
