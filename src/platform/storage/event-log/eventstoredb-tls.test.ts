import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { serveEventStore, type Endpoint } from '../../../edges/eventstore-protocol/endpoint.ts'
import { memoryStreamIndex } from '../stream-index/memory.ts'
import { eventStoreLog } from './eventstoredb.ts'
import { memoryEventLog } from './memory.ts'

let folder: string
let endpoint: Endpoint
let elsewhere: Endpoint
const people = new Map<string, 'analyst' | 'admin'>([
  ['ann:p@ss', 'admin'],
  ['alf:word', 'analyst'],
])

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-tls-'))
  endpoint = await serveAs('127.0.0.1')
  elsewhere = await serveAs('10.0.0.1')
})
afterAll(async () => {
  await endpoint?.close()
  await elsewhere?.close()
  await rm(folder, { recursive: true })
})

/** Serves here under the certificate of an address, and puts the certificate where clients look for it. */
const serveAs = async (ip: string): Promise<Endpoint> => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: ip }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip }] }],
  })
  const served = await serveEventStore({
    log: memoryEventLog(),
    host: '127.0.0.1',
    port: 0,
    writable: true,
    tls: { cert: Buffer.from(cert), key: Buffer.from(key) },
    authenticate: async (name, password) => people.get(`${name}:${password}`),
    masked: (event) => ({ ...event, data: {} }),
  })
  await writeFile(join(folder, `${served.port}.pem`), cert)
  return served
}

const open = (who: string, { port } = endpoint) =>
  eventStoreLog({
    url: `esdb://${who}127.0.0.1:${port}?tls=true&tlsCAFile=${encodeURIComponent(join(folder, `${port}.pem`))}`,
    index: memoryStreamIndex(),
    timeout: 2_000,
  })

const events = () => [
  { eventId: randomUUID(), type: 'Counted', data: { n: 1 }, metadata: someMetadata },
]

test('over TLS, name and password of the URL open the log', async () => {
  const log = await open('ann:p%40ss@')
  const { position } = await log.append('thing-1', 'none', events())
  assert.equal(await log.head(), position)
  await log.close()
})

test('a server with the certificate of another address is not spoken to', async () => {
  const log = await open('ann:p%40ss@', elsewhere)
  await assert.rejects(
    log.head(),
    ({ name, cause }: Error) => name === 'Unavailable' && /10\.0\.0\.1/.test(String(cause)),
  )
  await log.close()
})

test.each(['ann:wrong@', ''])('a log opened as "%s" says at once that it is denied', async (who) =>
  assert.rejects(open(who), /EventStoreDB denies access: look at the name and password/),
)

test('who may read only is denied an append, and is not kept waiting', async () => {
  const log = await open('alf:word@')
  await assert.rejects(log.append('thing-2', 'none', events()), /denies access/)
  assert.deepEqual(await log.read('thing-2'), [])
  await log.close()
})
