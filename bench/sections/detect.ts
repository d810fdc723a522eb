import { runDetectBench } from '../detect.ts';
import type { Section } from '../main.ts';

export const detect: Section = { title: 'Detectors', run: runDetectBench };
