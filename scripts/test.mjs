// `npm test`: everything CI runs. Extra arguments go to the test runner (npm test -- src/numeric).
import { ensureBuilt, ensureInstalled, runTool } from '../bin/runtime.mjs';

ensureInstalled();
const args = process.argv.slice(2);
if (args.length === 0) {
  runTool('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '.']);
  runTool('types', 'node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json', '--noEmit']);
}
ensureBuilt();
runTool('tests', 'node_modules/vitest/vitest.mjs', ['run', ...args]);
