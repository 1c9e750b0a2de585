// A server of this checkout as a child process on a temporary folder and a free port, for what is measured from outside.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

export type ServerProcess = {
  url: string;
  /** The operator's key of tenant `default`. */
  key: string;
  pid: number;
  /** One GraphQL request; throws on any error in the answer. */
  ask(agent: string, query: string, variables?: object): Promise<Record<string, unknown>>;
  /** One value of /metrics, summed over its labels. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
};

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.unknown()).optional(),
});

export async function startServer(environment: Record<string, string> = {}): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'annals-bench-'));
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { ...process.env, PORT: '0', ANNALS_DATA: folder, LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const ready = /^ready (\S+)$/m.exec(output)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
  const key = readFileSync(join(folder, 'default.key'), 'utf8').trim();
  return {
    url,
    key,
    pid: child.pid ?? 0,
    async ask(agent, query, variables = {}) {
      const response = await fetch(new URL('/graphql', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'x-annals-agent': agent },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = answerSchema.parse(await response.json());
      if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors));
      return data;
    },
    async metric(name) {
      const text = await (await fetch(new URL('/metrics', url))).text();
      const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
