import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { memoryEventLog } from '../../src/platform/storage/event-log/memory.ts'
import { serveEventStore } from '../../src/edges/eventstore-protocol/endpoint.ts'

const script = join(import.meta.dirname, '../support/kurrent-client.ts')

test('a client of KurrentDB appends, reads and subscribes at our endpoint', async () => {
  const endpoint = await serveEventStore({
    log: memoryEventLog(),
    host: '127.0.0.1',
    port: 0,
    writable: true,
    masked: (event) => event,
  })
  onTestFinished(() => endpoint.close())
  const url = endpoint.url.replace('esdb:', 'kurrentdb:')
  const { stdout } = await promisify(execFile)(process.execPath, [script, url], { timeout: 25_000 })

  const placed = { type: 'OrderPlaced', revision: 0, position: 1, data: { n: 1 } }
  const paid = { type: 'OrderPaid', revision: 1, position: 2, data: { n: 2 } }
  expect(JSON.parse(stdout)).toEqual({
    next: 1,
    conflict: 'wrong-expected-version',
    forwards: [placed, paid],
    backwards: [paid],
    missing: 'stream-not-found',
    log: [placed, paid],
    filteredLog: [paid],
    live: [
      ['OrderPlaced', 'OrderPaid', 'CardCharged', 'OrderShipped'],
      ['CardCharged'],
      ['OrderPaid', 'OrderShipped'],
    ],
  })
})
