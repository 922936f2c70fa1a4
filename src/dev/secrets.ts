// Secrets that a fresh machine makes up: kept beside its data, so that tokens hold over a restart.
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface DevSecrets {
  jwtSecret: string;
  webhookSecret: string;
  connectWebhookSecret: string;
}

/** Reads them, or makes them at the first start; `dataDir` must exist. */
export async function devSecrets(dataDir: string): Promise<DevSecrets> {
  const file = path.join(dataDir, 'secrets.json');
  const fresh: DevSecrets = {
    jwtSecret: randomBytes(32).toString('base64url'),
    webhookSecret: `whsec_${randomBytes(24).toString('hex')}`,
    connectWebhookSecret: `whsec_${randomBytes(24).toString('hex')}`,
  };
  try {
    await writeFile(file, JSON.stringify(fresh), { flag: 'wx', mode: 0o600 });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(await readFile(file, 'utf8')) as DevSecrets;
  }
}
