// The stand-in in a process of its own.
import { type Child, startChild } from '../child.ts';

export type EventStoreProcess = {
  url: string;
  port: number;
  pid: number;
  kill(signal?: NodeJS.Signals): Promise<void>;
};

/** With a folder, what was acknowledged is there again when it is started anew, however it ended. */
export async function startEventStoreProcess(
  options: { port?: number; folder?: string } = {},
): Promise<EventStoreProcess> {
  const { port = 0, folder } = options;
  const child: Child = startChild(
    new URL('./run.ts', import.meta.url),
    '--port',
    String(port),
    ...(folder === undefined ? [] : ['--folder', folder]),
  );
  const url = await child.line();
  if (url === null) throw new Error('the stand-in for EventStoreDB ended before it served');
  return { url, port: Number(new URL(url).port), pid: child.process.pid ?? 0, kill: child.kill };
}
