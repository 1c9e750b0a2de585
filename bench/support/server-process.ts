// A server of this checkout as a child process on a temporary folder and a free port, for what is measured or shown from outside.
import { readFileSync, writeFileSync } from 'node:fs';
import { startProcess } from '../../test/support/server-process.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';

export type ServerProcess = {
  url: string;
  /** The data folder. */
  folder: string;
  /** The operator's key of tenant `default`. */
  key: string;
  pid: number;
  /** One GraphQL request; throws on any error in the answer. */
  ask(agent: string, query: string, variables?: object): Promise<Record<string, unknown>>;
  /** One value of /metrics, summed over its labels. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
};

/** `key`: the tenant's, where another server on the same engines made it. */
export async function startServer(environment: Record<string, string> = {}, key?: string): Promise<ServerProcess> {
  const folder = await temporaryFolder();
  if (key !== undefined) writeFileSync(folder.file('default.key'), `${key}\n`, { mode: 0o600 });
  const server = startProcess(folder.path, { LOG_LEVEL: 'error', ...environment });
  const url = await server.ready;
  return {
    url,
    folder: folder.path,
    key: readFileSync(folder.file('default.key'), 'utf8').trim(),
    pid: server.pid,
    async ask(agent, query, variables) {
      const { data, errors } = await server.ask(agent, query, variables);
      if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors));
      return data;
    },
    async metric(name) {
      const text = await (await fetch(new URL('/metrics', url))).text();
      const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
    async stop() {
      server.kill('SIGTERM');
      await server.exited;
      await folder.remove();
    },
  };
}
