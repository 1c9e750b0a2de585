// Shows the walk-through as it happens, and keeps what was checked.
import colors from 'picocolors';

export type Check = { chapter: string; expectation: string; holds: boolean; answer: unknown };

export type Stage = {
  chapter(title: string): void;
  /** An agent does something. */
  says(agent: string, does: string, words?: string): void;
  /** What must be true of an answer. */
  expects(expectation: string, holds: boolean, answer: unknown): void;
  checks(): readonly Check[];
};

export function createStage(write: (line: string) => void): Stage {
  const checks: Check[] = [];
  let chapter = '';
  let number = 0;

  return {
    chapter(title) {
      chapter = title;
      number += 1;
      write('');
      write(`${colors.bold(colors.cyan(String(number)))}  ${colors.bold(title)}`);
    },
    says(agent, does, words) {
      write(
        `   ${colors.magenta(agent.padEnd(14))} ${does}${words === undefined ? '' : ` ${colors.dim(`“${words}”`)}`}`,
      );
    },
    expects(expectation, holds, answer) {
      checks.push({ chapter, expectation, holds, answer });
      write(`   ${holds ? colors.green('✓') : colors.red('✗')} ${expectation}`);
      if (!holds) write(colors.red(`     but it was ${JSON.stringify(answer)}`));
    },
    checks: () => checks,
  };
}
