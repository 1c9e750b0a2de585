// LoCoMo (Maharana et al. 2024, CC BY-NC 4.0): for evaluation only, read from a path that is given; never in the repository.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const turn = z.object({ id: z.string(), session: z.number(), at: z.string(), speaker: z.string(), text: z.string() });
const dataset = z.object({
  categories: z.record(z.string(), z.string()),
  conversations: z.array(z.object({ id: z.string(), turns: z.array(turn) })),
  questions: z.array(
    z.object({
      conversation: z.string(),
      question: z.string(),
      category: z.number(),
      evidence: z.array(z.string()).min(1),
    }),
  ),
});

export type Turn = z.infer<typeof turn>;
export type Dataset = z.infer<typeof dataset>;
export type Question = Dataset['questions'][number];

export const readDataset = (path: string): Dataset => dataset.parse(JSON.parse(readFileSync(path, 'utf8')));

/** `1:56 pm on 8 May, 2023`, read as UTC. */
export function timeOf(at: string): string {
  const [, time, date] = /^(.+) on (.+)$/.exec(at) ?? [];
  const parsed = new Date(`${date} ${time} UTC`);
  if (Number.isNaN(parsed.getTime())) throw new Error(`not a LoCoMo time: ${at}`);
  return parsed.toISOString();
}
