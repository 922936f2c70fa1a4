// All planted bugs: bugs that would cost money, each made by changing one thing, and noticed by the tests.
import { APPROVING } from './bugs/approving.js';
import { ASKING } from './bugs/asking.js';
import { DECIDING } from './bugs/deciding.js';
import { EVENTS } from './bugs/events.js';
import { RECORDING } from './bugs/recording.js';
import { REFUSING } from './bugs/refusing.js';
import { RESTORING } from './bugs/restoring.js';
import { SENDING } from './bugs/sending.js';
import { SETTLING } from './bugs/settling.js';
import type { PlantedBug } from './planted-bug.js';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...SENDING,
  ...SETTLING,
  ...REFUSING,
  ...EVENTS,
  ...APPROVING,
  ...DECIDING,
  ...ASKING,
  ...RESTORING,
  ...RECORDING,
];
