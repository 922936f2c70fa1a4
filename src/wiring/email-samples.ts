// Samples of the e-mails, for whoever works on their templates.
import type { RenderedEmail } from '../emails/types.js';

/** By a name that can stand in an address and name a file. */
export async function renderSamples(): Promise<ReadonlyMap<string, RenderedEmail>> {
  const [{ renderEmail }, { SAMPLES }] = await Promise.all([
    import('../emails/render.js'),
    import('../emails/samples.js'),
  ]);
  const rendered = Object.entries(SAMPLES).map(
    async ([name, email]) => [name, await renderEmail(email)] as const,
  );
  return new Map(await Promise.all(rendered));
}
