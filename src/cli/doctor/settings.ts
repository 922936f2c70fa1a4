// What the settings themselves tell, before anybody is asked.
import type { ReadyConfig } from '../../config.js';
import { EDGE } from './edge.js';
import { type Finding, ok } from './finding.js';
import { MONEY } from './money.js';
import { SECRETS } from './secrets.js';
import { TELLING } from './telling.js';

const CHECKS = [...SECRETS, ...EDGE, ...MONEY, ...TELLING];

export function checkSettings(config: ReadyConfig): Finding[] {
  const found = CHECKS.flatMap((check) => check(config));
  return found.length > 0 ? found : [ok('settings', 'The settings agree with each other.')];
}
