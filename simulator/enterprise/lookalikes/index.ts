import { ADMINISTRATORS_AND_MAIL } from './administrators-and-mail.ts';
import { EVENINGS_AND_DRIVES } from './evenings-and-drives.ts';
import { LEAVING_AND_HANDOVER } from './leaving-and-handover.ts';
import type { Lookalike } from './lookalike.ts';
import { OTHER_MACHINES } from './other-machines.ts';

export const LOOKALIKES: readonly Lookalike[] = [
  ...EVENINGS_AND_DRIVES,
  ...LEAVING_AND_HANDOVER,
  ...OTHER_MACHINES,
  ...ADMINISTRATORS_AND_MAIL,
];
