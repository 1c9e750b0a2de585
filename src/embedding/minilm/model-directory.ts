// Where the weights are that come with the package.
import { findPackageJSON } from 'node:module';
import { join } from 'node:path';

const manifest = findPackageJSON(import.meta.url);
if (manifest === undefined) throw new Error('the package has no package.json');

/** Found from the package's root, so it holds for sources and for what is built into dist/. */
export const modelDirectory: string = join(manifest, '..', 'models', 'minilm-l6-v2-int8');
