// OpenTelemetry's SDK, loaded only where a collector is set: it sends the spans of this process to it, in batches.
// Nothing is instrumented by itself: that would need a loader in front of every module, patch libraries that the money
// goes through, and write statements and addresses into spans, which may hold what must not be told.
import { randomUUID } from 'node:crypto';
import type { Attributes } from '@opentelemetry/api';
import type { Sampler, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Logger } from './logger.js';
import { traceWith } from './tracing.js';

type Root = 'always_on' | 'always_off' | 'traceidratio';

export interface TracingSettings {
  /** The collector's, for OTLP over HTTP: `http://host:4318`. */
  endpoint: string;
  /** Sent with each batch, such as a key of the collector's. */
  headers: Record<string, string>;
  serviceName: string;
  resourceAttributes: Attributes;
  sampler: Root | `parentbased_${Root}`;
  /** Of the samplers that take a part: which, from 0 to 1. */
  ratio: number;
}

/** Milliseconds that the collector may take for a batch, and that the last ones may take at the end. */
const EXPORT_MS = 5_000;
const FLUSH_MS = 2_000;

/** Tracers are the process's, not the app's: what else is started in it shares them, and the last one ends them. */
let shared: { stop: () => Promise<void>; users: number } | undefined;

/** @returns what sends the last spans, within a bound, and ends it */
export async function startTracing(
  settings: TracingSettings,
  log: Pick<Logger, 'warn'>,
): Promise<() => Promise<void>> {
  shared ??= { stop: await start(settings, log), users: 0 };
  const using = shared;
  using.users += 1;
  return async () => {
    using.users -= 1;
    if (using.users > 0) return;
    shared = undefined;
    await using.stop();
  };
}

async function start(settings: TracingSettings, log: Pick<Logger, 'warn'>): Promise<() => Promise<void>> {
  const [sdk, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/resources'),
  ]);
  const { endpoint, headers, serviceName, resourceAttributes } = settings;
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: EXPORT_MS });
  const provider = new sdk.NodeTracerProvider({
    sampler: samplerOf(sdk, settings),
    resource: resources.defaultResource().merge(
      resources.resourceFromAttributes({
        'service.instance.id': randomUUID(),
        ...resourceAttributes,
        'service.name': serviceName,
      }),
    ),
    spanProcessors: [new sdk.BatchSpanProcessor(toldOnce(exporter, log))],
  });
  provider.register();
  traceWith(provider.getTracer('payouts'));
  return async () => {
    traceWith(null);
    await within(FLUSH_MS, provider.shutdown());
    await unregister();
  };
}

/** So that another start in this process finds its place free. */
async function unregister(): Promise<void> {
  const { context, propagation, trace } = await import('@opentelemetry/api');
  for (const api of [trace, context, propagation]) api.disable();
}

function samplerOf(
  sdk: typeof import('@opentelemetry/sdk-trace-node'),
  { sampler, ratio }: Pick<TracingSettings, 'sampler' | 'ratio'>,
) {
  const roots: Record<Root, () => Sampler> = {
    always_on: () => new sdk.AlwaysOnSampler(),
    always_off: () => new sdk.AlwaysOffSampler(),
    traceidratio: () => new sdk.TraceIdRatioBasedSampler(ratio),
  };
  const kind = sampler.replace('parentbased_', '') as Root;
  return kind === sampler ? roots[kind]() : new sdk.ParentBasedSampler({ root: roots[kind]() });
}

/** A collector that is down is told of once, until it has answered again; its spans are lost, and nothing else is. */
function toldOnce(exporter: SpanExporter, log: Pick<Logger, 'warn'>): SpanExporter {
  let told = false;
  return {
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
    export: (spans, done) =>
      exporter.export(spans, ({ code, error }) => {
        if (code !== SENT && !told)
          log.warn({ err: error }, 'traces do not reach the collector; they are lost');
        told = code !== SENT;
        done({ code: SENT });
      }),
  };
}

const SENT = 0;

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
