import { globSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { contextsOf } from '../../src/app/contexts.ts'
import { Environment, roles } from '../../src/config/environment.ts'
import { readConfig, type Config } from '../../src/config.ts'
import { modules } from '../../src/domains/index.ts'
import { operationModules } from '../../src/operations/index.ts'
import {
  composeOf,
  documentsIn,
  namesIn,
  patchesIn,
  port,
  textOf,
  top,
  type Found,
} from '../support/manifests.ts'

const variables = Object.keys(Environment.properties)
const openApi: Found = JSON.parse(textOf('docs/openapi.json'))
const contexts = new Set(contextsOf([...modules, ...operationModules]))

const base = documentsIn('infra/kubernetes/base/*.yaml')
const ofKind = (kind: string): readonly Found[] => base.filter((found) => found?.kind === kind)
const everyPod = ofKind('Deployment').find(({ metadata }) => metadata.name === 'every')
const deployments = ofKind('Deployment').filter((found) => found !== everyPod)
const [shared] = everyPod.spec.template.spec.containers
const containerOf = (deployment: Found): Found => deployment.spec.template.spec.containers[0]
const [settings] = ofKind('ConfigMap')
const secrets = namesIn('infra/kubernetes/secret.example.env')

/** What stands for secrets here. */
const secretOf: Readonly<Record<string, string>> = {
  AGORA_SECRET: 'x'.repeat(32),
  POSTGRES_URL: 'postgres://a@b/c',
  SMTP_URL: 'smtp://mail',
  EVENTSTORE_URL: 'esdb://a',
  REDIS_URL: 'redis://a',
  REDIS_URL_BEFORE: 'redis://b',
  METRICS_TOKEN: 'x'.repeat(16),
  ADMIN_EMAIL: 'a@b.example',
  ADMIN_PASSWORD: 'a long password',
  OAUTH_PROVIDERS: '{}',
}

/** The environment of a pod, with something for each secret. */
const environmentOf = (...containers: readonly Found[]): Record<string, string> => {
  const told: Record<string, string> = { ...settings.data }
  for (const { name, value, valueFrom } of containers.flatMap(({ env }) => env ?? []))
    told[name] =
      value?.replace('$(POD_IP)', '10.0.0.7') ??
      (valueFrom.secretKeyRef ? secretOf[valueFrom.secretKeyRef.key] : '10.0.0.7')
  return told
}
const podEnvironments: readonly (readonly [string, Record<string, string>])[] = deployments.map(
  (one) => [one.metadata.name, environmentOf(shared, containerOf(one))],
)

/** What a Compose file tells those services that are Agora, as if nothing but what has to be set was set. */
const composed = (path: string): readonly (readonly [string, Record<string, string>])[] =>
  Object.entries<Found>(composeOf(path).services)
    .filter(([, { image, environment }]) => image?.startsWith('agora:') && environment)
    .map(([name, { environment }]) => [
      name,
      Object.fromEntries(
        Object.entries<string>(environment).map(([key, value]) => [
          key,
          value.startsWith('${') && !value.includes(':-')
            ? (secretOf[key] ?? '')
            : value.replaceAll(/\$\{\w+(?::-([^}]*)|:\?[^}]*)\}/g, '$1'),
        ]),
      ),
    ])

const processEnvironments = [
  ['Kubernetes', podEnvironments],
  ['docker-compose.roles.yml', composed('docker-compose.roles.yml')],
] as const

/** What the image says itself. */
const imageSays = /^ENV ((?:.*\\\n)*.*)$/m.exec(textOf('infra/Dockerfile'))?.[1] ?? ''
const inImage = [...imageSays.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name = '']) => name)

/** What nobody needs to set in a container, anywhere. */
const neverSet = [
  'AGORA_ESDB_HOST',
  'AGORA_ESDB_WRITABLE',
  'AGORA_ESDB_MAX_APPEND_SIZE',
  'AGORA_ESDB_TLS_CERT',
  'AGORA_ESDB_TLS_KEY',
  'AGORA_DIRECT_CALLS',
  'AGORA_UPSTREAMS',
]

describe.for([
  ['Kubernetes', podEnvironments, []],
  ['docker-compose.roles.yml', composed('docker-compose.roles.yml'), ['AGORA_URL']],
  [
    'docker-compose.yml',
    composed('docker-compose.yml'),
    ['AGORA_URL', 'AGORA_ROLES', 'AGORA_CONTEXTS'],
  ],
] as const)('what processes are told in %s', ([, environments, ownAffair]) => {
  test('may be all that there is to be told, by whoever runs them', () => {
    const told = environments.flatMap(([, one]) => Object.keys(one))
    const known = new Set([...told, ...inImage, ...neverSet, ...ownAffair])
    expect(variables.filter((name) => !known.has(name))).toEqual([])
  })

  test('is at each of them where jobs were kept before', () => {
    for (const [name, told] of environments) expect(told, name).toHaveProperty('REDIS_URL_BEFORE')
  })

  test('is what there is to be told, and can be meant', () => {
    expect(environments.length).toBeGreaterThan(0)
    for (const [name, told] of environments) {
      const unknown = Object.keys(told).filter(
        (key) => !variables.includes(key) && key !== 'POD_IP',
      )
      expect(unknown, name).toEqual([])
      expect(() => readConfig(told), name).not.toThrow()
    }
  })
})

describe.for(processEnvironments)('the processes in %s', ([, environments]) => {
  const configs: readonly (readonly [string, Config])[] = environments.map(([name, told]) => [
    name.replace(/-\d+$/, ''),
    readConfig(told),
  ])

  test('are of every role, each in one place', () => {
    const places = new Map(configs).values()
    const all = [...places].flatMap((config) => [...config.roles])
    expect(all.filter((role) => role !== 'api').toSorted()).toEqual(
      roles.filter((role) => role !== 'api').toSorted(),
    )
  })

  test('serve every context, each in one place', () => {
    const served = configs.flatMap(([, config]) =>
      config.roles.has('api') ? [...(config.contexts ?? contexts)] : [],
    )
    expect(served.toSorted()).toEqual([...contexts].toSorted())
  })
})

test('the PostgreSQL of Compose has connections for all processes beside it', () => {
  const { command }: Found = composeOf('docker-compose.yml').services.postgres
  const [, most] = /max_connections=(\d+)/.exec(command.join(' ')) ?? []
  // A dozen each for what waits for news.
  const held = composed('docker-compose.roles.yml').map(
    ([, told]) => readConfig(told).postgresConnections + 12,
  )
  expect(Number(most)).toBeGreaterThan(held.reduce((sum, one) => sum + one))
})

describe('on Kubernetes', () => {
  test('all files of the base belong to it', () => {
    const listed: Found = documentsIn('infra/kubernetes/base/kustomization.yaml')[0]
    const named = [...listed.resources, ...listed.patches.map(({ path }: Found) => path)]
    const files = globSync('*.yaml', { cwd: join(top, 'infra/kubernetes/base') })
    expect(new Set(['kustomization.yaml', ...named])).toEqual(new Set(files))
  })

  test('every secret that is asked for is in the example, and no other', () => {
    const asked = [shared, ...deployments.map(containerOf)]
      .flatMap(({ env }) => env ?? [])
      .flatMap(({ valueFrom }: Found) => valueFrom?.secretKeyRef ?? [])
    expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(secrets))
    expect(new Set(asked.map(({ name }) => name))).toEqual(new Set(['agora']))
    expect(textOf('infra/kubernetes/secret.example.env')).not.toMatch(/^[A-Z_]+=.+/m)
  })

  test('probes ask what is served, where it is served', () => {
    const probes = [shared, ...deployments.map(containerOf)].flatMap((container) =>
      Object.keys(container)
        .filter((key) => key.endsWith('Probe'))
        .map((key) => container[key].httpGet),
    )
    expect(probes.length).toBe(2 + deployments.length)
    for (const { path, port: asked } of probes) {
      expect(openApi.paths).toHaveProperty([`/api/v1${path}`])
      expect(asked).toBe('http')
    }
    expect(shared.ports).toEqual([{ name: 'http', containerPort: port }])
    expect(shared.env).toContainEqual({ name: 'AGORA_URL', value: `http://$(POD_IP):${port}` })
  })

  test('every deployment says what it needs, and is not taken down as a whole', () => {
    const budgets = ofKind('PodDisruptionBudget').map(({ spec }) => spec.selector.matchLabels)
    for (const { metadata, spec } of deployments) {
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels)
      expect(budgets, metadata.name).toContainEqual(spec.selector.matchLabels)
      const said = { cpu: expect.any(String), memory: expect.any(String) }
      expect(containerOf({ spec }).resources, metadata.name).toEqual({
        requests: said,
        limits: said,
      })
    }
    for (const { spec } of ofKind('HorizontalPodAutoscaler'))
      expect(deployments.map(({ metadata }) => metadata.name)).toContain(spec.scaleTargetRef.name)
  })

  test('what is let through the network is between pods that there are, at their port', () => {
    const labels = deployments.map(({ spec }) => ({
      ...spec.template.metadata.labels,
      'app.kubernetes.io/part-of': 'agora',
    }))
    const isSomebody = (wanted: Record<string, string>) =>
      labels.some((one) => Object.entries(wanted).every(([key, value]) => one[key] === value))
    const policies = ofKind('NetworkPolicy')
    const denied = policies.find(({ spec }) => Object.keys(spec.podSelector).length === 0)
    expect(denied.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
    for (const { metadata, spec } of policies) {
      expect(isSomebody(spec.podSelector.matchLabels ?? {}), metadata.name).toBe(true)
      for (const { from = [], to = [], ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
        for (const { podSelector } of [...from, ...to].filter((peer) => peer.podSelector)) {
          expect(isSomebody(podSelector.matchLabels), metadata.name).toBe(true)
          expect(ports, metadata.name).toEqual([{ port }])
        }
    }
  })

  test('names in DNS stand for the pods that serve those contexts', () => {
    const path = 'infra/kubernetes/overlays/dns'
    const told = patchesIn(`${path}/kustomization.yaml`)
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap(containerOf)
    const { upstreams = [] } = readConfig(environmentOf(shared, ...told))
    const services = documentsIn(`${path}/services.yaml`).map(({ metadata, spec }) => {
      expect(spec).toMatchObject({ clusterIP: 'None', ports: [{ port }] })
      expect(Object.values(spec.selector)).toEqual([metadata.name])
      return metadata.name
    })
    const groups = new Map(podEnvironments.map(([name, env]) => [name, readConfig(env).contexts]))
    const named = new Set(upstreams.flatMap((one) => one.services))
    expect(upstreams.map(({ addresses }) => addresses)).toEqual(
      services.map((name) => [`dns://${name}.agora.svc.cluster.local:${port}`]),
    )
    upstreams.forEach(({ services: served }, index) => {
      const group = [...(groups.get(services[index]) ?? [])]
      const meant = served[0] === '*' ? group.filter((name) => !named.has(name)) : served
      expect([...meant].toSorted()).toEqual(group.toSorted())
    })
  })
})

/** How long a container rests before it is told to stop, in s. */
const restOf = ({ lifecycle }: Found): number => Number(lifecycle?.preStop.exec.command[1] ?? 0)

describe('with names in DNS', () => {
  const { patches }: Found = documentsIn('infra/kubernetes/overlays/dns/kustomization.yaml')[0]
  // By name: labels that are asked for would be the deployment's own, not those of its pods, and it has none.
  const isMeant = ({ target }: Found, { metadata }: Found) =>
    target.name !== undefined && new RegExp(`^(?:${target.name})$`).test(metadata.name)

  test('whoever is called by one rests before it leaves, and has the time for it', () => {
    const resting = deployments.filter((one) =>
      patches.some(
        (patch: Found) => isMeant(patch, one) && restOf(containerOf(parse(patch.patch))) > 0,
      ),
    )
    expect(resting.map(({ metadata }) => metadata.name)).toEqual(
      deployments
        .filter((one) => containerOf(one).env.some(({ value }: Found) => value === 'api'))
        .map(({ metadata }) => metadata.name),
    )
    const { terminationGracePeriodSeconds } = everyPod.spec.template.spec
    for (const { patch } of patches)
      expect(restOf(containerOf(parse(patch))) + 10).toBeLessThan(terminationGracePeriodSeconds)
  })
})

describe('the image', () => {
  test('is told what there is to be told', () => {
    expect(inImage.filter((name) => !variables.includes(name))).toEqual(['NODE_ENV'])
    expect(imageSays).toContain(`PORT=${port}`)
  })
})
