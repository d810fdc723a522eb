#!/usr/bin/env node
import { launch } from './runtime.mjs';

await launch('simulator/qradar/main.js', process.argv.slice(2));
