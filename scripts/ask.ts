// `npm run -s ask -- --as writer '{ viewer { agent teams } }'`: one GraphQL request to a running server, for people at
// a terminal. The key is ANNALS_KEY, or the one that the server wrote to its data folder at its first start.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';

const answerSchema = z.object({ data: z.unknown().optional(), errors: z.array(z.unknown()).optional() });

const command = new Command('ask')
  .description('Ask a running Annals server and print its answer as JSON.')
  .argument('<graphql>', 'a query, mutation or subscription')
  .option('--as <agent>', 'the agent to act for; without it you are the tenant’s operator')
  .option('--get <path>', 'print only this part of the data, bare: recordMemory.memory.id')
  .option('--take <number>', 'end a subscription after so many answers')
  .option('--variables <json>', 'variables of the request', '{}')
  .option('--url <url>', 'the server', process.env.ANNALS_URL ?? `http://127.0.0.1:${process.env.PORT ?? 4000}`)
  .option('--data <folder>', 'the data folder with default.key', process.env.ANNALS_DATA ?? 'data')
  .parse();
const options = z
  .object({
    as: z.string().optional(),
    get: z.string().optional(),
    take: z.coerce.number().int().positive().optional(),
    variables: z.string(),
    url: z.string(),
    data: z.string(),
  })
  .parse(command.opts());

const document = z.string().parse(command.args[0]);
const isSubscription = /^\s*subscription\b/.test(document);

const fail = (sentence: string): never => {
  console.error(sentence);
  process.exit(1);
};

function keyOf(folder: string): string {
  if (process.env.ANNALS_KEY) return process.env.ANNALS_KEY;
  const file = join(folder, 'default.key');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return fail(
      `There is no key: set ANNALS_KEY, or point --data at the server's data folder (${file} cannot be read).`,
    );
  }
}

async function post(accept: string): Promise<Response> {
  try {
    return await fetch(new URL('/graphql', options.url), {
      method: 'POST',
      headers: {
        accept,
        'content-type': 'application/json',
        authorization: `Bearer ${keyOf(options.data)}`,
        ...(options.as === undefined ? {} : { 'x-annals-agent': options.as }),
      },
      body: JSON.stringify({ query: document, variables: JSON.parse(options.variables) }),
    });
  } catch (error) {
    return fail(
      `No answer from ${options.url}: ${error instanceof Error ? error.message : error}. Is \`npm start\` running?`,
    );
  }
}

/** Prints each answer of a subscription as it comes, until there were enough. */
async function follow({ body }: Response): Promise<void> {
  if (body === null) return;
  let taken = 0;
  for await (const { event, data } of body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())) {
    if (event === 'complete') return;
    print(JSON.parse(data));
    if (++taken === options.take) process.exit(0);
  }
}

function print(json: unknown): void {
  const answer = answerSchema.parse(json);
  if (answer.errors !== undefined) fail(JSON.stringify({ errors: answer.errors }, null, 2));
  const shown = options.get === undefined ? answer.data : part(answer.data, options.get);
  console.log(typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** `search.hits.0.memory.id`: keys of objects and places in lists. */
function part(data: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => {
    const next: unknown = isObject(at) ? Reflect.get(at, key) : undefined;
    return next === undefined ? fail(`There is no ${key} of ${path} in the answer: ${JSON.stringify(data)}`) : next;
  }, data);
}

const response = await post(isSubscription ? 'text/event-stream' : 'application/json');
if (response.headers.get('content-type')?.startsWith('text/event-stream')) await follow(response);
else print(await response.json());
