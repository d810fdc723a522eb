// npm runs this after `npm ci` in a checkout, so that `npx undercurrent` works at once.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ROOT } from '../bin/runtime.mjs';

if (existsSync(join(ROOT, 'node_modules', 'typescript'))) ensureBuilt();
