import { globSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { format } from 'node:util'
import { publishedBy } from './app/bridges.ts'
import { contextsOf } from './app/contexts.ts'
import { sourceQueues } from './app/source-queues.ts'
import { readConfig } from './config.ts'
import { Environment, roles } from './config/environment.ts'
import { settingRoles } from './config/setting-roles.ts'
import { architecture } from './docs/architecture.ts'
import { asyncApi } from './docs/async-api.ts'
import { contextMap } from './docs/context-map.ts'
import { importsOf, isForTests } from './docs/rooms.ts'
import type { Declared } from './docs/declared.ts'
import { eventCatalogue } from './docs/event-catalogue.ts'
import { withContexts, withUpstreams } from './docs/manifests.ts'
import { grownSample, judgedSample } from './docs/event-sample.ts'
import { eventSchemas } from './docs/event-schemas.ts'
import { freshnessPage } from './docs/freshness.ts'
import { grpcTypes } from './docs/grpc-types.ts'
import { postmanCollection } from './docs/postman.ts'
import { publishedEvents } from './docs/published-events.ts'
import { prometheusRules } from './docs/prometheus-rules.ts'
import { withLines } from './docs/symbol-links.ts'
import { roleEnvironment } from './docs/role-environment.ts'
import { apiTypes, socketTypes } from './docs/web/api-types.ts'
import { channels, jobs, modules } from './domains/index.ts'
import { rules } from './domains/observability/rules.ts'
import { sagaOverview } from './runtime/saga-overview.ts'
import { contractFiles } from './edges/grpc/contracts.ts'
import { apiDocument } from './edges/http/api-document.ts'
import { projections } from './projections/index.ts'
import { sagas as declareSagas } from './sagas/index.ts'
import { operationModules } from './operations/index.ts'

// `npm run docs` generates pages and manifests from the declarations; with `--check`, it names those that are out of date.

const top = join(import.meta.dirname, '..')
const config = readConfig({})
const sagas = declareSagas(config)

const declared: Declared = {
  contexts: Object.fromEntries(modules.map(({ name, deciders: own }) => [name, own])),
  sagas,
  projections: [...projections, sagaOverview(sagas)],
  jobs,
  workflows: modules.flatMap(({ name: context, workflows }) =>
    workflows.map(({ name, about }) => ({ context, name, about })),
  ),
  sockets: Object.fromEntries(channels.map((one) => [one.namespace, one])),
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

const root = import.meta.dirname
const imports = globSync('**/*.ts', { cwd: root })
  .filter((file) => !isForTests(file))
  .toSorted()
  .flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')))

const all = [...modules, ...operationModules]

const textOf = (path: string): string => readFileSync(join(top, path), 'utf8')
const placed = (path: string): string => withContexts(textOf(path), contextsOf(all))

const deployments = placed('infra/kubernetes/base/api.yaml')
const gatewayPatch = 'infra/kubernetes/overlays/dns/kustomization.yaml'

const openApi = json(apiDocument(all))

/** The settings of each role, by the path of their file. */
const environments = Object.fromEntries(
  roles.map((role) => {
    const settings = Object.entries(Environment.properties).flatMap(([name, schema]) => {
      const read = Object.entries(settingRoles).find(([key]) => key === name)?.[1] ?? []
      const isCommon = read.length === roles.length
      return read.includes(role)
        ? [{ name, about: 'description' in schema ? String(schema.description) : '', isCommon }]
        : []
    })
    return [`infra/env/${role}.env.example`, roleEnvironment(role, settings)]
  }),
)

/** Events as versions of Agora have recorded them; it grows with what is declared, and nothing is removed from it. */
const samplePath = 'test/events/sample.ndjson'

/** Generated texts, by path from the top folder. */
const pages: Readonly<Record<string, string>> = {
  ...environments,
  'docs/architecture.md': architecture(imports),
  'docs/events.md': eventCatalogue(declared),
  [samplePath]: grownSample(declared, textOf(samplePath)),
  'docs/freshness.md': freshnessPage(declared.projections),
  'docs/events.json': json(eventSchemas(declared)),
  'docs/published-events.md': publishedEvents(publishedBy(modules), sourceQueues),
  'docs/context-map.md': contextMap(declared),
  'docs/patterns.md': withLines(textOf('docs/patterns.md'), 'docs', textOf),
  'docs/openapi.json': openApi,
  'docs/agora.postman_collection.json': `${JSON.stringify(postmanCollection(JSON.parse(openApi)), null, 1)}\n`,
  'docs/asyncapi.json': json(
    asyncApi(declared, {
      sockets: `localhost:${config.port}`,
      log: `localhost:${config.eventStoreEndpoint?.port ?? ''}`,
    }),
  ),
  'web/src/api/http-types.ts': apiTypes(JSON.parse(openApi)),
  'web/src/api/socket-types.ts': socketTypes(declared.sockets),
  'docker-compose.roles.yml': placed('docker-compose.roles.yml'),
  'infra/prometheus/rules.yml': prometheusRules(rules),
  'infra/kubernetes/base/api.yaml': deployments,
  [gatewayPatch]: withUpstreams(textOf(gatewayPatch), deployments),
}

/** Folder of the generated types of gRPC. Nothing else is in it: a file that no contract asks for is removed. */
const grpcFolder = 'src/edges/grpc/generated'
const grpcPages = new Map(
  [...grpcTypes(top, contractFiles)].map(([name, text]) => [join(grpcFolder, name), text]),
)

const check = process.argv.includes('--check')
for (const stale of globSync(`${grpcFolder}/**/*.ts`, { cwd: top })) {
  if (grpcPages.has(stale)) continue
  if (!check) await rm(join(top, stale))
  else {
    process.stderr.write(format('%s is of no contract: run "npm run docs"\n', stale))
    process.exitCode = 1
  }
}
for (const sentence of judgedSample(declared, textOf(samplePath), samplePath).faults) {
  process.stderr.write(format('%s\n', sentence))
  process.exitCode = 1
}
for (const [path, text] of [...Object.entries(pages), ...grpcPages]) {
  const file = join(top, path)
  const isCurrent = (await readFile(file, 'utf8').catch(() => '')) === text
  if (isCurrent) continue
  if (!check) {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  } else {
    process.stderr.write(format('%s is out of date: run "npm run docs"\n', path))
    process.exitCode = 1
  }
}
