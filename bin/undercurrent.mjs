#!/usr/bin/env node
import { launch } from './runtime.mjs';

await launch('src/main.js', process.argv.slice(2));
