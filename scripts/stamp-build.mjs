// Marks the build as newer than the sources it was made from (see bin/runtime.mjs).
import { writeFileSync } from 'node:fs';

writeFileSync(new URL('../dist/.stamp', import.meta.url), `${new Date().toISOString()}\n`);
