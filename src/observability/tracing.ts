// Spans, opened by hand where the way of a payout goes. Off, which is as long as nobody has called `traceWith`, a span
// costs one look at a variable, and nothing of the SDK is loaded: see tracing-sdk.ts.
import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

export { type Span, SpanKind };

export interface SpanSettings {
  /** Neither secrets nor what somebody wrote: ids, names of our own, numbers that are no amounts. */
  attributes?: Attributes;
  kind?: SpanKind;
  /**
   * A `traceparent` to go on from, in place of what runs now; both spans are linked then. Null or absent: a child of what
   * runs now.
   */
  parent?: string | null | undefined;
  /** A trace of its own, whatever runs now. */
  root?: boolean;
  /** `traceparent`s of what it is about. */
  links?: readonly (string | null)[];
  /** Milliseconds since 1970, of what began before it was known to be worth a span. */
  startTime?: number;
}

let tracer: Tracer | null = null;

/** Null: nothing is traced from now on. */
export function traceWith(next: Tracer | null): void {
  tracer = next;
}

export const isTracing = (): boolean => tracer !== null;

const NO_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** Runs `work` in a span that ends with it. What `work` throws marks the span by its class alone, and is thrown on. */
export function inSpan<T>(
  name: string,
  settings: SpanSettings,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer ? ending(begin(tracer, name, settings), work) : work(NO_SPAN);
}

/** A span whose end is the caller's; all that `work` begins stands below it. */
export function openSpan(name: string, settings: SpanSettings): Opened {
  if (!tracer) return { span: NO_SPAN, run: (work) => work() };
  const { span, within } = begin(tracer, name, settings);
  return { span, run: (work) => context.with(within, work) };
}

export interface Opened {
  span: Span;
  run<T>(work: () => T): T;
}

/** Of what runs now, to be kept and gone on from later, perhaps by another process. Null where nothing is traced. */
export function traceParent(): string | null {
  if (!tracer) return null;
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

/** The span that runs now; one that takes no notice of anything where there is none. */
export const currentSpan = (): Span => (tracer && trace.getActiveSpan()) || NO_SPAN;

/** Names a trace that the span has to do with. */
export function linkTo(span: Span, parent: string | null): void {
  const target = contextOf(parent);
  if (target) span.addLink({ context: target });
}

/** @param type what kind of error it was, never its message: that may quote what somebody sent */
export function markFailed(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

interface Begun {
  span: Span;
  within: Context;
}

function begin(using: Tracer, name: string, settings: SpanSettings): Begun {
  const active = trace.getActiveSpan();
  const { base, links } = placeOf(settings, active);
  const { attributes = {}, kind = SpanKind.INTERNAL, startTime } = settings;
  const times = startTime === undefined ? {} : { startTime };
  const span = using.startSpan(name, { attributes, kind, links, ...times }, base);
  if (links.length > 0 && settings.parent && active?.isRecording()) {
    active.addLink({ context: span.spanContext() });
  }
  return { span, within: trace.setSpan(base, span) };
}

function placeOf(settings: SpanSettings, active: Span | undefined): { base: Context; links: Link[] } {
  const links = linksOf(settings.links ?? []);
  if (settings.root) return { base: ROOT_CONTEXT, links };
  const parent = contextOf(settings.parent);
  const here = active?.spanContext();
  // In its trace already: a child of what runs now.
  if (!parent || parent.traceId === here?.traceId) return { base: context.active(), links };
  const base = trace.setSpanContext(ROOT_CONTEXT, parent);
  return { base, links: here && isSpanContextValid(here) ? [...links, { context: here }] : links };
}

const linksOf = (parents: readonly (string | null)[]): Link[] =>
  parents.flatMap((parent) => {
    const target = contextOf(parent);
    return target ? [{ context: target }] : [];
  });

/** What is no `traceparent` is none. Of what a caller sends nothing else is read: the rest may hold anything. */
function contextOf(traceparent: string | null | undefined): SpanContext | undefined {
  if (!traceparent) return undefined;
  return trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { traceparent }));
}

async function ending<T>({ span, within }: Begun, work: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await context.with(within, () => work(span));
  } catch (error) {
    markFailed(span, error instanceof Error ? error.constructor.name : typeof error);
    throw error;
  } finally {
    span.end();
  }
}
