// node scripts/with-runtime.mjs SCRIPT ARGS...: runs a script of the build with the right Node, building first if needed.
import { launch } from '../bin/runtime.mjs';

const [script, ...args] = process.argv.slice(2);
await launch(script.replace(/^dist\//, ''), args);
