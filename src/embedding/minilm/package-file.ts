// Files that come with the package: found from its root, so the same for the sources and for what is built into dist/.
import { findPackageJSON } from 'node:module';
import { join } from 'node:path';

const manifest = findPackageJSON(import.meta.url);
if (manifest === undefined) throw new Error('the package has no package.json');

export const packageFile = (path: string): string => join(manifest, '..', path);

/** The built-in embedder's weights and vocabulary. */
export const modelDirectory: string = packageFile('models/minilm-l6-v2-int8');
