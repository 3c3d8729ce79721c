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
const grpcPort = Number(settings.data.AGORA_GRPC_PORT)
const secrets = namesIn('infra/kubernetes/secret.example.env')

/** Values of the secrets, for these tests. */
const secretOf: Readonly<Record<string, string>> = {
  AGORA_SECRET: 'x'.repeat(32),
  POSTGRES_URL: 'postgres://a@b/c',
  POSTGRES_READ_URL: 'postgres://a@b/c',
  SMTP_URL: 'smtp://mail',
  EVENTSTORE_URL: 'esdb://a',
  REDIS_URL: 'redis://a',
  REDIS_URL_BEFORE: 'redis://b',
  MONGO_URL: 'mongodb://a',
  MONGO_URL_BEFORE: 'mongodb://b',
  ELASTICSEARCH_URL: 'http://a:9200',
  ELASTICSEARCH_URL_BEFORE: 'http://b:9200',
  S3_ACCESS_KEY_ID: 'key',
  S3_SECRET_ACCESS_KEY: 'secret',
  METRICS_TOKEN: 'x'.repeat(16),
  ADMIN_EMAIL: 'a@b.example',
  ADMIN_PASSWORD: 'a long password',
  OAUTH_PROVIDERS: '{}',
  SHIPPING_WEBHOOK_SECRET: 'x'.repeat(16),
  PAYMENT_WEBHOOK_SECRET: 'x'.repeat(16),
}

/** Environment of a pod, with a value for each secret. */
const environmentOf = (...containers: readonly Found[]): Record<string, string> => {
  const variablesOf: Record<string, string> = { ...settings.data }
  for (const { name, value, valueFrom } of containers.flatMap(({ env }) => env ?? []))
    variablesOf[name] =
      value?.replace('$(POD_IP)', '10.0.0.7') ??
      (valueFrom.secretKeyRef ? secretOf[valueFrom.secretKeyRef.key] : '10.0.0.7')
  return variablesOf
}
const podEnvironments: readonly (readonly [string, Record<string, string>])[] = deployments.map(
  (one) => [one.metadata.name, environmentOf(shared, containerOf(one))],
)

/** Environments of the services of a Compose file that run Agora, when only required variables are set. */
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

/** `ENV` of the image. */
const imageEnvironment = /^ENV ((?:.*\\\n)*.*)$/m.exec(textOf('infra/Dockerfile'))?.[1] ?? ''
const inImage = [...imageEnvironment.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name = '']) => name)

/** Variables that no container has to set. */
const neverSet = [
  'AGORA_ESDB_HOST',
  'AGORA_ESDB_ADVERTISED',
  'AGORA_ESDB_WRITABLE',
  'AGORA_ESDB_MAX_APPEND_SIZE',
  'AGORA_ESDB_TLS_CERT',
  'AGORA_ESDB_TLS_KEY',
  'AGORA_GRPC_TLS_CERT',
  'AGORA_GRPC_TLS_KEY',
  'KAFKA_PASSWORD_FILE',
  'KAFKA_CA',
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
] as const)('the environments in %s', ([, environments, optional]) => {
  test('pass on every variable that an operator may set', () => {
    const set = environments.flatMap(([, one]) => Object.keys(one))
    const known = new Set([...set, ...inImage, ...neverSet, ...optional])
    expect(variables.filter((name) => !known.has(name))).toEqual([])
  })

  test('name the previous store of jobs for every process', () => {
    for (const [name, environment] of environments)
      expect(environment, name).toHaveProperty('REDIS_URL_BEFORE')
  })

  test('have known variables alone, with valid values', () => {
    expect(environments.length).toBeGreaterThan(0)
    for (const [name, environment] of environments) {
      const unknown = Object.keys(environment).filter(
        (key) => !variables.includes(key) && key !== 'POD_IP',
      )
      expect(unknown, name).toEqual([])
      expect(() => readConfig(environment), name).not.toThrow()
    }
  })
})

describe.for(processEnvironments)('the processes in %s', ([, environments]) => {
  const configs: readonly (readonly [string, Config])[] = environments.map(
    ([name, environment]) => [name.replace(/-\d+$/, ''), readConfig(environment)],
  )

  test('cover every role once', () => {
    const places = new Map(configs).values()
    const all = [...places].flatMap((config) => [...config.roles])
    expect(all.filter((role) => role !== 'api').toSorted()).toEqual(
      roles.filter((role) => role !== 'api').toSorted(),
    )
  })

  test('serve every context once', () => {
    const served = configs.flatMap(([, config]) =>
      config.roles.has('api') ? [...(config.contexts ?? contexts)] : [],
    )
    expect(served.toSorted()).toEqual([...contexts].toSorted())
  })
})

test('the PostgreSQL of Compose allows the connections of all processes', () => {
  const { command }: Found = composeOf('docker-compose.yml').services.postgres
  const [, maxConnections] = /max_connections=(\d+)/.exec(command.join(' ')) ?? []
  // Each process has a dozen for listeners, besides its pool.
  const used = composed('docker-compose.roles.yml').map(
    ([, environment]) => readConfig(environment).postgresConnections + 12,
  )
  expect(Number(maxConnections)).toBeGreaterThan(used.reduce((sum, one) => sum + one))
})

describe('the stores of read models', () => {
  const trial = documentsIn('infra/kubernetes/overlays/trial/stores.yaml').filter(
    ({ kind }) => kind === 'StatefulSet',
  )
  const { services }: Found = composeOf('docker-compose.yml')
  const pathOf = (url: string) => new URL(url.replace(/^mongodb/, 'http'))

  test.for([
    ['mongo', 'MONGO_URL'],
    ['elasticsearch', 'ELASTICSEARCH_URL'],
  ] as const)('%s is pinned, bounded, checked and set for Agora', ([name, variable]) => {
    const service = services[name]
    expect(service.profiles).toEqual(expect.arrayContaining(['full', 'roles', 'cluster']))
    expect(service.image).toMatch(/:\d+\.\d+\.\d+$/)
    expect(service.mem_limit).toMatch(/^\d+m$/)
    expect(service.healthcheck.test[0]).toBe('CMD')
    for (const published of service.ports) expect(published).toMatch(/^127\.0\.0\.1:/)
    const pod = trial.find(({ metadata }) => metadata.name === name)
    expect(containerOf(pod).image).toBe(service.image)
    expect(containerOf(pod).readinessProbe).toBeDefined()
    expect(containerOf(pod).resources.limits.memory).toBe(`${parseInt(service.mem_limit, 10)}Mi`)
    const heapOf = ({ env = [], args = [] }: Found, { command = [], environment = {} }: Found) => [
      [...args, ...env.map(({ value }: Found) => value)].join(' '),
      [...command, ...Object.values(environment)].join(' '),
    ]
    for (const settingsOf of heapOf(containerOf(pod), service))
      expect(settingsOf).toMatch(/-Xmx\d+m|--wiredTigerCacheSizeGB 0\.\d/)
    const inCompose = [
      ...composed('docker-compose.yml').filter(([one]) => one === 'agora'),
      ...composed('docker-compose.roles.yml'),
    ]
    for (const [process, environment] of inCompose) {
      const { hostname, port: at } = pathOf(environment[variable] ?? '')
      expect([process, hostname]).toEqual([process, name])
      expect(service.ports[0]).toMatch(new RegExp(`:${at}$`))
    }
    const policy = ofKind('NetworkPolicy').find(({ metadata }) => metadata.name === 'stores')
    const [{ containerPort }] = containerOf(pod).ports
    expect(policy.spec.egress[0].ports).toContainEqual({ port: containerPort })
  })
})

test('the store of files is pinned, bounded, checked and set for Agora', () => {
  const { minio }: Found = composeOf('docker-compose.yml').services
  expect(minio.profiles).toEqual(expect.arrayContaining(['full', 'roles', 'cluster']))
  expect(minio.image).toMatch(/:RELEASE\.\d{4}-\d\d-\d\dT[\d-]+Z$/)
  expect(minio.mem_limit).toMatch(/^\d+m$/)
  for (const published of minio.ports) expect(published).toMatch(/^127\.0\.0\.1:.*:9000$/)
  const pod = documentsIn('infra/kubernetes/overlays/trial/stores.yaml').find(
    ({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'minio',
  )
  expect(containerOf(pod).image).toBe(minio.image)
  const inCompose = [
    ...composed('docker-compose.yml').filter(([one]) => one === 'agora'),
    ...composed('docker-compose.roles.yml'),
  ]
  for (const [process, environment] of inCompose)
    expect([process, readConfig(environment).blobs.current]).toEqual([
      process,
      {
        driver: 's3',
        bucket: 'agora',
        region: 'us-east-1',
        endpoint: 'http://minio:9000',
        publicEndpoint: 'http://localhost:9000',
        credentials: {
          accessKeyId: minio.environment.MINIO_ROOT_USER.replace(/.*:-|}/g, ''),
          secretAccessKey: minio.environment.MINIO_ROOT_PASSWORD.replace(/.*:-|}/g, ''),
        },
      },
    ])
  // The bucket that its check creates.
  expect(minio.healthcheck.test.at(-1)).toContain('here/agora')
})

describe('on Kubernetes', () => {
  test('the kustomization of the base lists all of its files', () => {
    const listed: Found = documentsIn('infra/kubernetes/base/kustomization.yaml')[0]
    const named = [...listed.resources, ...listed.patches.map(({ path }: Found) => path)]
    const files = globSync('*.yaml', { cwd: join(top, 'infra/kubernetes/base') })
    expect(new Set(['kustomization.yaml', ...named])).toEqual(new Set(files))
  })

  test('the example of the secret has the keys that pods use, and no other', () => {
    const references = [shared, ...deployments.map(containerOf)]
      .flatMap(({ env }) => env ?? [])
      .flatMap(({ valueFrom }: Found) => valueFrom?.secretKeyRef ?? [])
    expect(new Set(references.map(({ key }) => key))).toEqual(new Set(secrets))
    expect(new Set(references.map(({ name }) => name))).toEqual(new Set(['agora']))
    expect(textOf('infra/kubernetes/secret.example.env')).not.toMatch(/^[A-Z\d_]+=.+/m)
  })

  test('probes request documented paths at the port of the process', () => {
    const probes = [shared, ...deployments.map(containerOf)].flatMap((container) =>
      Object.keys(container)
        .filter((key) => key.endsWith('Probe'))
        .map((key) => container[key].httpGet),
    )
    expect(probes.length).toBe(2 + deployments.length)
    for (const { path, port: probed } of probes) {
      expect(openApi.paths).toHaveProperty([`/api/v1${path}`])
      expect(probed).toBe('http')
    }
    expect(shared.ports).toEqual([
      { name: 'http', containerPort: port },
      { name: 'grpc', containerPort: grpcPort },
    ])
    expect(shared.env).toContainEqual({ name: 'AGORA_URL', value: `http://$(POD_IP):${port}` })
  })

  test('every deployment has resources and a disruption budget', () => {
    const budgets = ofKind('PodDisruptionBudget').map(({ spec }) => spec.selector.matchLabels)
    for (const { metadata, spec } of deployments) {
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels)
      expect(budgets, metadata.name).toContainEqual(spec.selector.matchLabels)
      const amounts = { cpu: expect.any(String), memory: expect.any(String) }
      expect(containerOf({ spec }).resources, metadata.name).toEqual({
        requests: amounts,
        limits: amounts,
      })
    }
    for (const { spec } of ofKind('HorizontalPodAutoscaler'))
      expect(deployments.map(({ metadata }) => metadata.name)).toContain(spec.scaleTargetRef.name)
  })

  test('network policies allow traffic between existing pods, at their port', () => {
    const labels = deployments.map(({ spec }) => ({
      ...spec.template.metadata.labels,
      'app.kubernetes.io/part-of': 'agora',
    }))
    const isPod = (wanted: Record<string, string>) =>
      labels.some((one) => Object.entries(wanted).every(([key, value]) => one[key] === value))
    const policies = ofKind('NetworkPolicy')
    const denied = policies.find(({ spec }) => Object.keys(spec.podSelector).length === 0)
    expect(denied.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
    const clients = { from: [{ podSelector: { matchLabels: { 'agora/grpc-client': 'true' } } }] }
    expect(policies.find(({ metadata }) => metadata.name === 'grpc').spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/component': 'api' } },
      policyTypes: ['Ingress'],
      ingress: [{ ...clients, ports: [{ port: grpcPort }] }],
    })
    for (const { metadata, spec } of policies.filter((one) => one.metadata.name !== 'grpc')) {
      expect(isPod(spec.podSelector.matchLabels ?? {}), metadata.name).toBe(true)
      for (const { from = [], to = [], ports } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
        for (const { podSelector } of [...from, ...to].filter((peer) => peer.podSelector)) {
          expect(isPod(podSelector.matchLabels), metadata.name).toBe(true)
          expect(ports, metadata.name).toEqual([{ port }])
        }
    }
  })

  test('upstreams by DNS name the contexts that their pods serve', () => {
    const path = 'infra/kubernetes/overlays/dns'
    const containers = patchesIn(`${path}/kustomization.yaml`)
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap(containerOf)
    const { upstreams = [] } = readConfig(environmentOf(shared, ...containers))
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
      const upstream = served[0] === '*' ? group.filter((name) => !named.has(name)) : served
      expect([...upstream].toSorted()).toEqual(group.toSorted())
    })
  })
})

/** Delay before a container receives SIGTERM, in s. */
const preStopSeconds = ({ lifecycle }: Found): number =>
  Number(lifecycle?.preStop.exec.command[1] ?? 0)

describe('with names in DNS', () => {
  const { patches }: Found = documentsIn('infra/kubernetes/overlays/dns/kustomization.yaml')[0]
  // By name: a label selector matches labels of the deployment itself, which has none, not of its pods.
  const matches = ({ target }: Found, { metadata }: Found) =>
    target.name !== undefined && new RegExp(`^(?:${target.name})$`).test(metadata.name)

  test('processes that gateways call wait before they stop, within their grace period', () => {
    const waiting = deployments.filter((one) =>
      patches.some(
        (patch: Found) =>
          matches(patch, one) && preStopSeconds(containerOf(parse(patch.patch))) > 0,
      ),
    )
    expect(waiting.map(({ metadata }) => metadata.name)).toEqual(
      deployments
        .filter((one) => containerOf(one).env.some(({ value }: Found) => value === 'api'))
        .map(({ metadata }) => metadata.name),
    )
    const { terminationGracePeriodSeconds } = everyPod.spec.template.spec
    for (const { patch } of patches)
      expect(preStopSeconds(containerOf(parse(patch))) + 10).toBeLessThan(
        terminationGracePeriodSeconds,
      )
  })
})

describe('the image', () => {
  test('sets known variables alone', () => {
    expect(inImage.filter((name) => !variables.includes(name))).toEqual(['NODE_ENV'])
    expect(imageEnvironment).toContain(`PORT=${port}`)
  })
})
