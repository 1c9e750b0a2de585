// `npm run demo`: the walk-through against a real server, which it starts on a temporary folder. `--json` prints what
// was checked for programs. Exits with 1 when an answer is not as it must be.
import colors from 'picocolors';
import { startServer } from '../bench/support/server-process.ts';
import { createAgents } from './demo/agents.ts';
import { createClient } from './demo/client.ts';
import { createStage } from './demo/stage.ts';
import { play } from './demo/story.ts';

const asJson = process.argv.includes('--json');
const write = (line: string) => (asJson ? undefined : console.log(line));

write(colors.dim('starting a server on a temporary folder …'));
const server = await startServer();
const stage = createStage(write);
try {
  write(`${colors.bold('Annals')} at ${colors.underline(server.url)}`);
  await play(stage, createAgents(createClient(server.url, server.key)));
} finally {
  await server.stop();
}

const checks = stage.checks();
const failed = checks.filter(({ holds }) => !holds).length;
if (asJson) console.log(JSON.stringify({ ok: failed === 0, checks }, null, 2));
write('');
write(
  failed === 0
    ? colors.green(`All ${checks.length} answers are as they must be.`)
    : colors.red(`${failed} of ${checks.length} answers are wrong.`),
);
process.exitCode = failed === 0 ? 0 : 1;
