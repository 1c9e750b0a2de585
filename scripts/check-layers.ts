// Runs the dependency rules, and fails when hardly any module was looked at: with a TypeScript that it cannot read,
// dependency-cruiser sees nothing and says that all is well.
import { spawnSync } from 'node:child_process';

const FEWEST = 50;

const { stdout, status } = spawnSync('depcruise', ['schema', 'src', 'projections'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.stdout.write(stdout ?? '');
const modules = Number(/(\d+) modules/.exec(stdout ?? '')?.[1] ?? 0);
if (modules <= FEWEST) console.error(`Only ${modules} modules were looked at; there must be more than ${FEWEST}.`);
process.exitCode = status !== 0 || modules <= FEWEST ? 1 : 0;
