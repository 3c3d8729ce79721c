import { globSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format } from 'node:util'
import { pino } from 'pino'
import { catalogue, declarationOf } from '#kernel'
import { readConfig } from './config.ts'
import { architecture } from './docs/architecture.ts'
import { asyncApi } from './docs/async-api.ts'
import { contextMap } from './docs/context-map.ts'
import { importsOf, isForTests } from './docs/rooms.ts'
import type { Declared } from './docs/declared.ts'
import { eventCatalogue } from './docs/event-catalogue.ts'
import { eventSchemas } from './docs/event-schemas.ts'
import { channels, deciders, jobs, modules } from './domains/index.ts'
import { defaultHttpConfig } from './edges/http/dependencies.ts'
import { buildServer } from './edges/http/server.ts'
import { memoryCounters } from './platform/security/counters/memory.ts'
import { memoryDocuments } from './platform/storage/documents/memory.ts'
import { memoryEventLog } from './platform/storage/event-log/memory.ts'
import { memoryKeys } from './platform/security/keys/memory.ts'
import { argon2Passwords } from './platform/security/passwords/argon2.ts'
import { memoryReceipts } from './platform/storage/idempotency/memory.ts'
import { memoryRegistry } from './platform/messaging/registry/memory.ts'
import { executor as executorOf } from './runtime/execute.ts'
import { progress } from './runtime/progress.ts'
import { readModels } from './runtime/read-models.ts'
import { sagaOverview } from './runtime/saga-overview.ts'
import { memorySnapshots } from './platform/storage/snapshots/memory.ts'
import { Unavailable } from './platform/unavailable.ts'
import { projections } from './projections/index.ts'
import { sagas as declareSagas } from './sagas/index.ts'
import { authenticator } from './domains/identity/services/authenticator.ts'
import { operationModules } from './operations/index.ts'

// Writes what follows from the declarations: `npm run docs`; with `--check`, says whether it is up to date.

const folder = join(import.meta.dirname, '../docs')
const config = readConfig({})
const sagas = declareSagas(config)
const events = catalogue([...deciders, ...sagas.map(declarationOf)])
const log = memoryEventLog()
const executor = executorOf({ log, snapshots: memorySnapshots(), catalogue: events })

/** The outside world, which pages do without. */
const nobody = async (): Promise<never> => {
  throw new Unavailable('Nobody is there while pages are written')
}
/** Pages are the same at any time. */
const clock = (): Date => new Date(0)

const declared: Declared = {
  contexts: Object.fromEntries(modules.map(({ name, deciders: own }) => [name, own])),
  sagas,
  projections: [...projections, sagaOverview(sagas)],
  jobs,
  sockets: Object.fromEntries(channels.map((one) => [one.namespace, one])),
}

const nothing = async () => false

/** What somebody who listens where nothing is said is told in the end. */
const silence = new Error('Nothing was said')

/** The OpenAPI document, from a server that talks to nobody. */
const openApi = async (): Promise<object> => {
  const documents = memoryDocuments()
  const server = await buildServer({
    config: defaultHttpConfig,
    logger: pino({ level: 'silent' }),
    clock,
    executor,
    readModels: readModels(documents, progress(documents), log),
    log,
    catalogue: events,
    operations: {
      projections: async () => [],
      rebuild: nothing,
      pause: nothing,
      resume: nothing,
      sagas: async () => ({ runs: [], total: 0 }),
      saga: async () => [],
      retrySaga: nothing,
      deadLetters: async () => [],
      retryDeadLetter: nothing,
    },
    forgetting: { receiptOf: nobody },
    authenticator,
    modules: [...modules, ...operationModules],
    receipts: memoryReceipts(),
    passwords: argon2Passwords(),
    keys: memoryKeys(),
    counters: memoryCounters(),
    feed: {
      next: (_after, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(silence))),
      head: () => 0n,
    },
    processes: {
      audiences: () => [],
      isHere: () => true,
      registry: memoryRegistry(),
      breakers: () => [],
      calls: { isGood: () => false },
      internalOnly: false,
    },
    checks: async () => [],
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
  })
  await server.ready()
  const document = server.swagger()
  await server.close()
  return document
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
  'openapi.json': json(await openApi()),
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
