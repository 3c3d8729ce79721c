import { globSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format } from 'node:util'
import { contextsOf } from './app/contexts.ts'
import { readConfig } from './config.ts'
import { architecture } from './docs/architecture.ts'
import { asyncApi } from './docs/async-api.ts'
import { contextMap } from './docs/context-map.ts'
import { importsOf, isForTests } from './docs/rooms.ts'
import type { Declared } from './docs/declared.ts'
import { eventCatalogue } from './docs/event-catalogue.ts'
import { withContexts, withUpstreams } from './docs/manifests.ts'
import { eventSchemas } from './docs/event-schemas.ts'
import { prometheusRules } from './docs/prometheus-rules.ts'
import { channels, jobs, modules } from './domains/index.ts'
import { rules } from './domains/observability/rules.ts'
import { sagaOverview } from './runtime/saga-overview.ts'
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

/** Generated texts, by path from the top folder. */
const pages = {
  'docs/architecture.md': architecture(imports),
  'docs/events.md': eventCatalogue(declared),
  'docs/events.json': json(eventSchemas(declared)),
  'docs/context-map.md': contextMap(declared),
  'docs/openapi.json': json(apiDocument(all)),
  'docs/asyncapi.json': json(
    asyncApi(declared, {
      sockets: `localhost:${config.port}`,
      log: `localhost:${config.eventStoreEndpoint?.port ?? ''}`,
    }),
  ),
  'docker-compose.roles.yml': placed('docker-compose.roles.yml'),
  'infra/prometheus/rules.yml': prometheusRules(rules),
  'infra/kubernetes/base/api.yaml': deployments,
  [gatewayPatch]: withUpstreams(textOf(gatewayPatch), deployments),
}
const check = process.argv.includes('--check')
for (const [path, text] of Object.entries(pages)) {
  const file = join(top, path)
  const isCurrent = (await readFile(file, 'utf8').catch(() => '')) === text
  if (isCurrent) continue
  if (!check) await writeFile(file, text)
  else {
    process.stderr.write(format('%s is out of date: run "npm run docs"\n', path))
    process.exitCode = 1
  }
}
