// Settings of traces and reports of errors. The names are those of OpenTelemetry and Sentry.
import { z } from 'zod';
import { settings } from './about.js';
import { pairs, url } from './values.js';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export const WATCHING = {
  SENTRY_DSN: z
    .string()
    .regex(/^https?:\/\/\w+@[^/@\s]+\/(\S+\/)?\d+$/, 'is not a DSN such as https://key@host/1')
    .optional()
    .register(settings, {
      meaning: 'where unexpected errors are reported, `https://key@host/1`: see [tracing.md](tracing.md)',
      secret: true,
    }),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https').optional().register(settings, {
    meaning:
      'a collector that takes OTLP over HTTP, such as `http://127.0.0.1:4318`; traces are sent to `/v1/traces` below it',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: pairs.prefault('').register(settings, {
    meaning: "sent along, such as the collector's key: `name=value,name=value`, values percent-encoded",
    secret: true,
  }),
  OTEL_SERVICE_NAME: z.string().prefault('payouts').register(settings, {
    meaning: 'what the traces say they come from',
  }),
  OTEL_RESOURCE_ATTRIBUTES: pairs.prefault('').register(settings, {
    meaning: 'attributes of all traces, as `name=value,name=value`',
  }),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).prefault('parentbased_always_on').register(settings, {
    meaning:
      'which traces are taken: `always_on`, `always_off`, `traceidratio`, or one of these with `parentbased_` before it, which does as the caller’s `traceparent` says where there is one',
  }),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number<string>().min(0).max(1).prefault('1').register(settings, {
    meaning: 'the part of them, 0 to 1, for `traceidratio`',
  }),
};
