import { expect, it } from 'vitest';
import { runCrash } from '../../bench/crash.ts';

it('an import killed at random moments and run again leaves what an undisturbed one leaves', async () => {
  const said: string[] = [];
  const result = await runCrash({
    kills: 8,
    killsPerDirectory: 4,
    lines: 8_000,
    seed: 20_261_124,
    log: (text) => said.push(text),
  });
  expect(result, said.join('\n')).toMatchObject({ differences: [] });
  expect(result.kills).toBe(8);
});
