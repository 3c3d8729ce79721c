import { globSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format } from 'node:util'
import { readConfig } from './config.ts'
import { architecture } from './docs/architecture.ts'
import { asyncApi } from './docs/async-api.ts'
import { contextMap } from './docs/context-map.ts'
import { importsOf, isForTests } from './docs/rooms.ts'
import type { Declared } from './docs/declared.ts'
import { eventCatalogue } from './docs/event-catalogue.ts'
import { eventSchemas } from './docs/event-schemas.ts'
import { channels, jobs, modules } from './domains/index.ts'
import { sagaOverview } from './runtime/saga-overview.ts'
import { apiDocument } from './edges/http/api-document.ts'
import { projections } from './projections/index.ts'
import { sagas as declareSagas } from './sagas/index.ts'
import { operationModules } from './operations/index.ts'

// Writes what follows from the declarations: `npm run docs`; with `--check`, says whether it is up to date.

const folder = join(import.meta.dirname, '../docs')
const config = readConfig({})
const sagas = declareSagas(config)

const declared: Declared = {
  contexts: Object.fromEntries(modules.map(({ name, deciders: own }) => [name, own])),
  sagas,
  projections: [...projections, sagaOverview(sagas)],
  jobs,
  sockets: Object.fromEntries(channels.map((one) => [one.namespace, one])),
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

const root = import.meta.dirname
const imports = globSync('**/*.ts', { cwd: root })
  .filter((file) => !isForTests(file))
  .toSorted()
  .flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')))

const pages = {
  'architecture.md': architecture(imports),
  'events.md': eventCatalogue(declared),
  'events.json': json(eventSchemas(declared)),
  'context-map.md': contextMap(declared),
  'openapi.json': json(apiDocument([...modules, ...operationModules])),
  'asyncapi.json': json(
    asyncApi(declared, {
      sockets: `localhost:${config.port}`,
      log: `localhost:${config.eventStoreEndpoint?.port ?? ''}`,
    }),
  ),
}
const check = process.argv.includes('--check')
for (const [name, text] of Object.entries(pages)) {
  const file = join(folder, name)
  if (!check) await writeFile(file, text)
  else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(format('docs/%s is out of date: run "npm run docs"\n', name))
    process.exitCode = 1
  }
}
