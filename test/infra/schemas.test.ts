import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as apps from 'kubernetes-models/apps/v1'
import * as autoscaling from 'kubernetes-models/autoscaling/v2'
import * as networking from 'kubernetes-models/networking.k8s.io/v1'
import * as policy from 'kubernetes-models/policy/v1'
import * as core from 'kubernetes-models/v1'
import { describe, expect, onTestFinished, test } from 'vitest'
import { messageOf } from '#kernel/error-message'
import { documentsIn, port, textOf, top, type Found } from '../support/manifests.ts'
import { kustomized } from '../support/kustomized.ts'

/** Modules of `kubernetes-models`, by the API version of what they declare. */
const modelsOf: Readonly<Record<string, { readonly from: string; readonly models: object }>> = {
  v1: { from: 'kubernetes-models/v1', models: core },
  'apps/v1': { from: 'kubernetes-models/apps/v1', models: apps },
  'autoscaling/v2': { from: 'kubernetes-models/autoscaling/v2', models: autoscaling },
  'networking.k8s.io/v1': { from: 'kubernetes-models/networking.k8s.io/v1', models: networking },
  'policy/v1': { from: 'kubernetes-models/policy/v1', models: policy },
}

/** Kinds of the meshes, whose schemas are not here: only their names and references are checked. */
const ofMeshes: Readonly<Record<string, readonly string[]>> = {
  'networking.istio.io/v1': ['Gateway', 'VirtualService', 'DestinationRule'],
  'security.istio.io/v1': ['PeerAuthentication', 'AuthorizationPolicy'],
  'policy.linkerd.io/v1beta3': ['Server'],
  'policy.linkerd.io/v1alpha1': ['MeshTLSAuthentication', 'AuthorizationPolicy'],
}

const overlays = globSync('infra/kubernetes/overlays/*', { cwd: top }).toSorted()
const component = 'infra/kubernetes/components/autoscaling-on-lag'
const base = () => kustomized('infra/kubernetes/base')

/** Every composition of the manifests, by its name. */
const compositions: readonly (readonly [string, () => readonly Found[]])[] = [
  ['base', base],
  ...overlays.map((path) => [path, () => kustomized(path)] as const),
  ['base with autoscaling on lag', () => kustomized(component, base())],
]

const nameOf = ({ kind, metadata }: Found): string => `${kind} ${metadata.name}`

/** What is invalid in a manifest, by the schema of its kind. */
const problemsOf = (found: Found): readonly string[] => {
  const { apiVersion, kind, metadata } = found
  const isOfMesh = ofMeshes[apiVersion]?.includes(kind) && typeof metadata.name === 'string'
  if (isOfMesh) return []
  const Model = (modelsOf[apiVersion]?.models as Found)?.[kind]
  if (!Model) return [`${apiVersion} ${kind} is unknown`]
  try {
    new Model(found).validate()
    return []
  } catch (error) {
    return [`${nameOf(found)}: ${messageOf(error)}`]
  }
}

/** What manifests name that is not there. */
const missingIn = (all: readonly Found[]): readonly string[] => {
  const namesOf = (...kinds: readonly string[]): ReadonlySet<string> =>
    new Set(all.filter(({ kind }) => kinds.includes(kind)).map(({ metadata }) => metadata.name))
  const services = namesOf('Service')
  const everything = new Set(all.map(nameOf))
  const pods = all
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .map(({ spec }) => spec.template)
  const isSelected = (labels: Record<string, string> = {}): boolean =>
    pods.some(({ metadata }) =>
      Object.entries(labels).every(([key, value]) => metadata.labels[key] === value),
    )
  const selectorOf = ({ kind, spec }: Found): Record<string, string> | undefined => {
    // The pods of Istio's own gateway are not here.
    if (kind === 'Gateway') return undefined
    const selector = spec?.podSelector ?? spec?.selector
    return selector?.matchLabels ?? (kind === 'Service' ? selector : undefined)
  }
  const hostsOf = ({ kind, spec }: Found): readonly string[] => [
    ...(kind === 'DestinationRule' ? [spec.host] : []),
    ...(spec?.http ?? []).flatMap(({ route }: Found) =>
      route.map(({ destination }: Found) => destination.host),
    ),
  ]
  const referencesOf = ({ spec }: Found): readonly Found[] => [
    ...(spec?.identityRefs ?? []),
    ...(spec?.requiredAuthenticationRefs ?? []),
    ...(spec?.targetRef ? [spec.targetRef] : []),
    ...(spec?.scaleTargetRef ? [spec.scaleTargetRef] : []),
    ...(spec?.template?.spec.serviceAccountName
      ? [{ kind: 'ServiceAccount', name: spec.template.spec.serviceAccountName }]
      : []),
  ]
  return all.flatMap((found) => [
    ...(isSelected(selectorOf(found)) ? [] : [`${nameOf(found)} selects no pod`]),
    ...hostsOf(found)
      .map((host) => host.replace('.agora.svc.cluster.local', ''))
      .filter((host) => !services.has(host)),
    ...referencesOf(found)
      .filter(({ namespace }) => namespace === undefined)
      .map(({ kind, name }) => `${kind} ${name}`)
      .filter((name) => !everything.has(name)),
  ])
}

test('a misspelt type, a field that is missing, and a reference to nothing are found', () => {
  const deployment = (spec: object) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec,
  })
  expect(problemsOf(deployment({ replicas: 'two', selector: {}, template: {} }))).toEqual([
    'Deployment a: data/spec/replicas must be integer',
  ])
  const nameless = { spec: { containers: [{ image: 'a' }] } }
  expect(problemsOf(deployment({ selector: {}, template: nameless }))[0]).toContain('property name')
  expect(problemsOf({ ...deployment({}), kind: 'Deplyoment' })).toHaveLength(1)
  const scaled = { scaleTargetRef: { kind: 'Deployment', name: 'b' } }
  const labels = { app: 'a' }
  const all = [
    deployment({ selector: { matchLabels: labels }, template: { metadata: { labels }, spec: {} } }),
    { kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec: scaled },
    { kind: 'Service', metadata: { name: 'a' }, spec: { selector: { app: 'b' } } },
  ]
  expect(missingIn(all)).toEqual(['Deployment b', 'Service a selects no pod'])
})

describe.for(compositions)('the manifests of %s', ([, compose]) => {
  test('are valid by the schemas of Kubernetes, and named once', () => {
    const all = compose()
    expect(all.flatMap(problemsOf)).toEqual([])
    const names = all.map(nameOf)
    expect(new Set(names).size).toBe(names.length)
  })

  test('refer to each other', () => {
    expect(missingIn(compose())).toEqual([])
  })
})

test('no field of a manifest is unknown to Kubernetes', () => {
  // Schemas permit unknown fields; the types of the same package do not, in literals.
  const folder = join(top, `node_modules/.manifests-${process.pid}`)
  mkdirSync(folder)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const literals = (name: string, all: readonly Found[]): readonly string[] =>
    all.flatMap((found, nth) => {
      const model = modelsOf[found.apiVersion]
      if (!model) return []
      const type = `import('${model.from}').I${found.kind}`
      return `// ${nameOf(found)}\nexport const ${name}${nth}: ${type} = ${JSON.stringify(found)}`
    })
  const check = (all: readonly string[]) => {
    writeFileSync(join(folder, 'manifests.ts'), all.join('\n'))
    const options = '--noEmit --ignoreConfig --strict --skipLibCheck --module nodenext'
    return spawnSync(
      join(top, 'node_modules/.bin/tsc'),
      [...options.split(' '), join(folder, 'manifests.ts')],
      { encoding: 'utf8', cwd: top },
    ).stdout
  }
  const all = compositions.flatMap(([, compose], nth) => literals(`of${nth}x`, compose()))
  expect(check(all)).toBe('')
  const misspelt = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { prots: [] },
  }
  expect(check(literals('wrong', [misspelt]))).toContain('prots')
}, 60_000)

describe('pods', () => {
  const deployments = base().filter(({ kind }) => kind === 'Deployment')

  test.for(deployments.map((one) => [one.metadata.name, one.spec.template.spec] as const))(
    'of %s have probes, limits, a spread, and no rights',
    ([, spec]) => {
      const [container] = spec.containers
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname' }],
      })
      expect(container).toMatchObject({
        startupProbe: { httpGet: { port: 'http' } },
        livenessProbe: { httpGet: { port: 'http' } },
        readinessProbe: { httpGet: { port: 'http' } },
        resources: {
          requests: { cpu: expect.any(String) },
          limits: { memory: expect.any(String) },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      })
    },
  )
})

describe('with autoscaling on lag', () => {
  const all = kustomized(component, base())
  const autoscalers = all.filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
  const [values] = documentsIn(`${component}/adapter-values.yaml`)

  test('the autoscalers ask for metrics that the adapter makes of those of Agora', () => {
    const wanted = autoscalers.flatMap(({ spec }) =>
      spec.metrics.flatMap(({ external }: Found) => external?.metric.name ?? []),
    )
    const made = values.rules.external.map(({ name }: Found) => name.as)
    expect(new Set(wanted)).toEqual(new Set(made))
    const exposed = textOf('src/platform/observability/metrics/metrics.ts')
    for (const { seriesQuery, metricsQuery } of values.rules.external) {
      const [series] = seriesQuery.split('{')
      expect(exposed).toContain(`'${series}'`)
      expect(metricsQuery).toContain(`${series}{`)
    }
  })

  test('as many pods of projections at most as read models have runners', () => {
    const projections = autoscalers.find(({ metadata }) => metadata.name === 'projections')
    const { data } = all.find(({ kind }) => kind === 'ConfigMap')
    const runners = [...data.AGORA_PROJECTION_RUNNERS.matchAll(/:(\d+)/g)].map(([, n]) => Number(n))
    expect(projections.spec.maxReplicas).toBe(Math.max(...runners))
    const deployment = all.find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'projections',
    )
    expect(deployment.spec.replicas).toBeUndefined()
  })
})

test('in each mesh, only gateways call the contexts, at the port of the process', () => {
  const istio = kustomized('infra/kubernetes/overlays/istio')
  const linkerd = kustomized('infra/kubernetes/overlays/linkerd')
  const allowed = istio.find(
    ({ kind, metadata }) => nameOf({ kind, metadata }) === 'AuthorizationPolicy contexts',
  )
  expect(allowed.spec.rules).toEqual([
    { from: [{ source: { principals: ['cluster.local/ns/agora/sa/gateway'] } }] },
  ])
  expect(istio.filter(({ kind }) => kind === 'Ingress')).toEqual([])
  const server = linkerd.find(({ kind }) => kind === 'Server')
  expect(server.spec).toMatchObject({ port: 'http', accessPolicy: 'deny' })
  for (const { spec } of [...istio, ...linkerd].filter(({ kind }) => kind === 'Deployment'))
    expect(spec.template.spec.containers[0].ports).toContainEqual({
      name: 'http',
      containerPort: port,
    })
})
