import v8 from 'node:v8'
import { expect, test } from 'vitest'
import { catalogue, declarationOf } from '#kernel'
import { deciders } from '../../src/domains/index.ts'
import { validatingLog } from '../../src/platform/storage/event-log/validating-log.ts'
import { postgresEventLog } from '../../src/platform/storage/event-log/postgres.ts'
import { encryptingLog } from '../../src/platform/storage/event-log/encrypting-log.ts'
import { metrics } from '../../src/platform/observability/metrics/metrics.ts'
import { memoryPersonalKeys } from '../../src/platform/security/personal/memory.ts'
import type { Database } from '../../src/platform/engines/postgres/database.ts'
import { executor as executorOf } from '../../src/runtime/execute.ts'
import { memorySnapshots } from '../../src/platform/storage/snapshots/memory.ts'
import { sagas } from '../../src/sagas/index.ts'
import { httpWorld } from '../support/http.ts'
import { freshDatabase } from '../support/postgres.ts'

/** Allocations of a command: promises, and bytes on the heap. */
type Allocations = { readonly promises: number; readonly bytes: number }

const medianOf = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[figures.length >> 1]!

/** Counts allocations between `begin` and `end`, repeatedly. */
const stretches = () => {
  let all: Allocations[] = []
  let stop: (() => void) | undefined
  let promises = 0
  let before = 0
  return {
    begin: (): void => {
      promises = 0
      stop = v8.promiseHooks.onInit(() => {
        promises += 1
      }) as () => void
      before = process.memoryUsage().heapUsed
    },
    end: (): void => {
      if (!stop) return
      const bytes = process.memoryUsage().heapUsed - before
      stop()
      stop = undefined
      all.push({ promises, bytes })
    },
    /** Returns the medians since the last call; a measurement with a garbage collection in it is an outlier. */
    medians: (): Allocations => {
      const [counted] = [all, (all = [])]
      return {
        promises: medianOf(counted.map((one) => one.promises)),
        bytes: medianOf(counted.map((one) => one.bytes)),
      }
    },
  }
}

test('a plain command allocates few promises and bytes between its route and the statement that records it', async () => {
  await using parts = new AsyncDisposableStack()
  const { database } = parts.use(await freshDatabase())
  const stretch = stretches()
  const watched: Database = {
    ...database,
    query: (statement) => {
      if (typeof statement !== 'string' && statement.name === 'append') stretch.end()
      return database.query(statement)
    },
  }
  const events = catalogue([...deciders, ...sagas({ orderTimeout: 60_000 }).map(declarationOf)])
  const counted = metrics()
  const recorded = parts.adopt(await postgresEventLog(watched), (it) => it.close())
  const keys = memoryPersonalKeys()
  // The decorators in the order of stores.ts.
  const log = counted.measured(
    validatingLog(encryptingLog(recorded, { catalogue: events, keys }), events),
  )
  const executor = executorOf({
    log,
    snapshots: memorySnapshots(),
    catalogue: events,
    observed: counted.command,
  })
  const world = parts.use(await httpWorld({ executor, log, served: counted.served }))
  world.app.addHook('preHandler', (request, _reply, done) => {
    if (request.method === 'PUT') stretch.begin()
    done()
  })

  const ann = await world.someone('ann', 'admin')
  const product = {
    name: 'A lamp',
    description: 'It gives light.',
    price: { amount: 1_999, currency: 'EUR' },
    category: 'lamps',
  }
  const { status, body } = await ann.call('POST', '/products', product)
  expect(status).toBe(201)
  const count = async (times: number): Promise<Allocations> => {
    for (let nth = 0; nth < times; nth++) {
      const answer = await ann.call('PUT', `/inventory/${body.data.id}`, {
        delta: 1,
        reason: 'count',
      })
      expect(answer.status).toBe(200)
    }
    return stretch.medians()
  }
  // Warms up: caches are filled and code is compiled.
  await count(300)
  const allocated = await count(300)
  expect(allocated.promises, 'promises').toBeLessThanOrEqual(25)
  expect(allocated.bytes, 'bytes').toBeLessThanOrEqual(25_000)
})
