// The Dockerfile, docker-compose.yml and deploy/kubernetes: of the shape that their own schemas ask for, and true to the
// product. Nothing is built or started here: that needs an engine.
import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Service } from 'kubernetes-models/v1';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.js';
import { Environment } from '../../src/settings/schema.js';
import { compose, dockerfile, installed, type Manifest, manifests, ofKind, ROOT, read } from './files.js';

const SETTINGS: ReadonlySet<string> = new Set(Object.keys(Environment.shape));

const ours = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);

describe('docker-compose.yml', () => {
  it('is what the Compose specification allows', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const { $schema: _, ...schema } = JSON.parse(read('test/deploy/compose-spec.json'));
    const validate = ajv.compile(schema);
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ services: { api: { imaage: 'x' } } })).toBe(false);
  });

  it('gives the service settings that it knows, and all that production needs', () => {
    for (const [name, { environment = {} }] of ours) {
      expect([...Object.keys(environment)].filter((key) => !SETTINGS.has(key))).toEqual([]);
      expect(() => readConfig(plain(environment)), name).not.toThrow();
    }
    expect(ours.map(([name]) => name).sort()).toEqual(['api', 'migrate', 'stripe', 'worker']);
    expect(readConfig(plain(compose.services['api']?.environment))).toMatchObject({
      role: 'api',
      port: 4000,
    });
    expect(readConfig(plain(compose.services['worker']?.environment))).toMatchObject({
      role: 'worker',
      production: true,
    });
  });

  it('looks after the health of each, with what is in the image', () => {
    for (const [name, { healthcheck }] of Object.entries(compose.services).filter(
      ([one]) => one !== 'grafana',
    )) {
      expect(healthcheck?.test ?? healthcheck?.disable, name).toBeTruthy();
    }
    for (const [, { healthcheck }] of ours) {
      if (healthcheck?.test) expect(healthcheck.test[1]).toBe('node');
    }
  });

  it('lets ours write nothing and be nobody', () => {
    for (const [, service] of ours) expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  it('mounts files that are there, and starts commands that are there', () => {
    const mounted = Object.values(compose.services)
      .flatMap(({ volumes = [] }) => volumes)
      .filter((one) => one.startsWith('./'))
      .map((one) => one.split(':')[0] ?? '');
    expect(mounted.length).toBeGreaterThan(4);
    expect(mounted.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
    for (const [, { command }] of ours) if (command) expect(command[0]).toBe('dist/cli.js');
  });

  it('connects no more often than its Postgres allows', () => {
    const { postgres, api } = compose.services;
    const most = Number(/max_connections=(\d+)/.exec(postgres?.command?.join(' ') ?? '')?.[1]);
    const pool = Number(api?.environment?.['DATABASE_POOL_SIZE']);
    // An API, a worker, one more of each while it is replaced, and a command.
    expect(5 * pool + SPARE).toBeLessThanOrEqual(most);
  });
});

/** Connections that Postgres keeps for superusers, for backups, and for who looks after it. */
const SPARE = 10;

/** `${NAME:-value}` as Compose reads it where nothing is set. */
const plain = (environment: Record<string, string | number> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([key, value]) => [
      key,
      String(value).replace(/\$\{\w+:-([^}]*)\}/g, '$1'),
    ]),
  );

describe('Prometheus and Grafana', () => {
  it('read what is there', () => {
    const prometheus = parse(read('deploy/prometheus/prometheus.yml'));
    const mounted = compose.services['prometheus']?.volumes?.map((one) => one.split(':')[1]);
    for (const file of prometheus.rule_files) expect(mounted).toContain(file);
    const [{ dns_sd_configs, metrics_path }] = prometheus.scrape_configs;
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(dns_sd_configs[0].names));
    expect([dns_sd_configs[0].port, metrics_path]).toEqual([4000, '/metrics']);
    const [source] = parse(read('deploy/grafana/datasources/prometheus.yml')).datasources;
    expect(new URL(source.url).hostname in compose.services).toBe(true);
    const [{ options }] = parse(read('deploy/grafana/dashboards/payouts.yml')).providers;
    expect(compose.services['grafana']?.volumes?.some((one) => one.includes(`:${options.path}/`))).toBe(true);
  });
});

const MODELS = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Job,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
};

const podsOf = (one: Manifest) => one['spec'].template.spec;
const running = () => [...ofKind('Deployment'), ...ofKind('Job')];
const settings = () => ofKind('ConfigMap')[0]?.['data'] as Record<string, string>;

describe('deploy/kubernetes', () => {
  test.for(manifests)('$kind $metadata.name is what the API server takes', (manifest) => {
    const Model = MODELS[manifest.kind as keyof typeof MODELS] as new (
      data: unknown,
    ) => {
      validate(): void;
      apiVersion: string;
    };
    const model = new Model(manifest);
    expect(() => model.validate()).not.toThrow();
    expect(model.apiVersion).toBe(manifest.apiVersion);
  });

  it('is applied in the order that the guide has, each file once', () => {
    const guide = read('docs/operations/deployment.md');
    const applied = [...guide.matchAll(/-f deploy\/kubernetes\/(\w+\.yaml)/g)].map(([, file]) => file);
    expect(applied).toEqual(['config.yaml', 'migrate.yaml', 'api.yaml', 'worker.yaml']);
    expect(readdirSync(path.join(ROOT, 'deploy/kubernetes')).sort()).toEqual([...applied].sort());
  });

  it('would be refused with a word that there is not', () => {
    const wrong = structuredClone(ofKind('Deployment')[0]) as Manifest;
    wrong['spec'].replicas = 'two';
    expect(() => new Deployment(wrong as never).validate()).toThrow();
  });

  it('gives settings that there are, and all that production needs', () => {
    const secrets = {
      DATABASE_URL: 'postgres://u:p@db/payouts',
      REDIS_URL: 'redis://cache',
      STRIPE_SECRET_KEY: 'sk_live_x',
      STRIPE_WEBHOOK_SECRET: 'whsec_a',
      STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_b',
      JWT_SECRET: 'x'.repeat(40),
      SMTP_URL: 'smtps://mail',
    };
    const said = read('deploy/kubernetes/config.yaml');
    for (const name of Object.keys(secrets)) expect(said).toContain(name);
    for (const one of running()) {
      const [container] = podsOf(one).containers;
      const own = Object.fromEntries(
        (container.env ?? []).map(({ name, value }: { name: string; value: string }) => [name, value]),
      );
      const environment = { ...settings(), ...own };
      expect(Object.keys(environment).filter((name) => !SETTINGS.has(name))).toEqual([]);
      expect(() => readConfig({ ...environment, ...secrets })).not.toThrow();
      expect(container.envFrom).toEqual([
        { configMapRef: { name: 'payouts' } },
        { secretRef: { name: 'payouts-secrets' } },
      ]);
    }
  });

  it('runs nothing as root, and lets nothing be written', () => {
    for (const one of running()) {
      const { securityContext, containers, automountServiceAccountToken } = podsOf(one);
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(automountServiceAccountToken).toBe(false);
      expect(containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(containers[0].resources.limits.memory).toBeTruthy();
    }
  });

  it('asks for health where it is told, and waits longer than a process takes to end', () => {
    const { shutdownDelayMs } = readConfig({ SHUTDOWN_DELAY: settings()['SHUTDOWN_DELAY'] });
    const routes = read('src/http/health.ts');
    for (const one of ofKind('Deployment')) {
      const { containers, terminationGracePeriodSeconds } = podsOf(one);
      const [{ startupProbe, readinessProbe, livenessProbe, ports }] = containers;
      expect(ports).toEqual([{ name: 'http', containerPort: 4000 }]);
      // What fails one of these is started anew; readiness tells of what everybody shares, which that does not mend.
      for (const probe of [startupProbe, livenessProbe])
        expect(probe.httpGet).toEqual({ path: '/health/live', port: 'http' });
      expect(readinessProbe.httpGet).toEqual({ path: '/health/ready', port: 'http' });
      for (const { httpGet } of [readinessProbe, livenessProbe])
        expect(routes).toContain(`'${httpGet.path}'`);
      // Unready is noticed before the process stops listening.
      expect(readinessProbe.periodSeconds * readinessProbe.failureThreshold * 1_000).toBeLessThan(
        shutdownDelayMs,
      );
      expect(terminationGracePeriodSeconds * 1_000).toBeGreaterThan(shutdownDelayMs + 30_000);
    }
  });

  it('chooses the pods that there are, and keeps one of each while nodes are emptied', () => {
    const labels = ofKind('Deployment').map((one) => one['spec'].template.metadata.labels);
    const chosen = [
      ...[...ofKind('Deployment'), ...ofKind('PodDisruptionBudget')].map(
        (one) => one['spec'].selector.matchLabels,
      ),
      ...ofKind('NetworkPolicy').map((one) => one['spec'].podSelector.matchLabels),
      ...ofKind('Service').map((one) => one['spec'].selector),
    ];
    for (const one of chosen) expect(labels).toContainEqual(one);
    for (const one of ofKind('PodDisruptionBudget')) expect(one['spec'].minAvailable).toBe(1);
    const names = ofKind('Deployment').map(({ metadata }) => metadata.name);
    for (const one of ofKind('HorizontalPodAutoscaler'))
      expect(names).toContain(one['spec'].scaleTargetRef.name);
    expect(ofKind('HorizontalPodAutoscaler')).toHaveLength(names.length);
  });

  it('scales the workers by a metric that there is', () => {
    const [worker] = ofKind('HorizontalPodAutoscaler').filter(
      ({ metadata }) => metadata.name === 'payouts-worker',
    );
    const name = worker?.['spec'].metrics[0].external.metric.name;
    expect(read('docs/observability.md')).toContain(`\`${name}\``);
  });

  it('connects no more often than the database must allow', () => {
    const most = Number(ofKind('ConfigMap')[0]?.metadata.annotations?.['payouts.example/max-connections']);
    const pods = ofKind('HorizontalPodAutoscaler').map((one) => one['spec'].maxReplicas + 1);
    const processes = pods.reduce((sum, one) => sum + one, 0);
    expect(processes * Number(settings()['DATABASE_POOL_SIZE']) + SPARE).toBeLessThanOrEqual(most);
  });
});

describe('images', () => {
  it('are pinned to a version', () => {
    const images = [
      ...dockerfile.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1] ?? ''),
      ...Object.values(compose.services).flatMap(({ image, build }) => (image && !build ? [image] : [])),
      ...running().flatMap((one) => podsOf(one).containers.map(({ image }: { image: string }) => image)),
    ];
    expect(images.length).toBeGreaterThan(10);
    for (const image of images) expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?$/);
  });
});

describe('Dockerfile', () => {
  const copied = dockerfile
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(' ').slice(1, -1));

  it('copies what is there, and what .dockerignore lets through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(read('.dockerignore').split('\n')).toContain('*');
    for (const file of copied) {
      expect(existsSync(path.join(ROOT, file)), file).toBe(true);
      expect(
        allowed.some((one) => file === one || file.startsWith(`${one}/`)),
        file,
      ).toBe(true);
    }
  });

  it('runs as nobody in particular, on the Node that the package asks for, without what only development needs', () => {
    expect(dockerfile).toContain('USER 1000:1000');
    expect(dockerfile.filter((line) => line.startsWith('RUN npm ci'))).toEqual([
      'RUN npm ci',
      'RUN npm ci --omit=dev --omit=optional',
    ]);
    expect(dockerfile.join('\n')).toContain('/health/ready');
    expect(dockerfile.at(-1)).toBe('CMD ["dist/main.js"]');
  });
});

it('in production only what is a dependency is imported', () => {
  const there = installed();
  const dist = path.join(ROOT, 'dist');
  const files = (readdirSync(dist, { recursive: true }) as string[]).filter(
    (file) => file.endsWith('.js') && !file.startsWith('dashboard'),
  );
  expect(files.length).toBeGreaterThan(200);
  const missing = files.flatMap((file) =>
    [...read(`dist/${file}`).matchAll(IMPORT)]
      .map(([, name = '']) =>
        name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : (name.split('/')[0] ?? ''),
      )
      .filter((name) => !name.startsWith('node:') && !builtinModules.includes(name) && !there.has(name))
      .map((name) => `${file}: ${name}`),
  );
  expect(missing).toEqual([]);
});

/** Of packages, whether at once or when they are needed. */
const IMPORT =
  /(?:^(?:import|export)\b[^'"]*?from |^import |\bimport\(|\brequire\()['"]([^.'"/][^'"]*)['"]/gm;
