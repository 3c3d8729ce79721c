import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { serveEventStore, type Endpoint } from '../../../edges/eventstore-protocol/endpoint.ts'
import { memoryStreamIndex } from '../stream-index/memory.ts'
import { eventStoreLog } from './eventstoredb.ts'
import { memoryEventLog } from './memory.ts'

let folder: string
let endpoint: Endpoint
let elsewhere: Endpoint
const users = new Map<string, 'analyst' | 'admin'>([
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

/** Serves a log under the certificate of an address, and writes the certificate to the file that clients read. */
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
    authenticate: async (name, password) => users.get(`${name}:${password}`),
    masked: (event) => ({ ...event, data: {} }),
  })
  await writeFile(join(folder, `${served.port}.pem`), cert)
  return served
}

const open = (credentials: string, { port } = endpoint) =>
  eventStoreLog({
    url: `esdb://${credentials}127.0.0.1:${port}?tls=true&tlsCAFile=${encodeURIComponent(join(folder, `${port}.pem`))}`,
    index: memoryStreamIndex(),
    timeout: 2_000,
  })

const events = () => [
  { eventId: randomUUID(), type: 'Counted', data: { n: 1 }, metadata: someMetadata },
]

test('the name and password of the URL authenticate over TLS', async () => {
  const log = await open('ann:p%40ss@')
  const { position } = await log.append('thing-1', 'none', events())
  expect(await log.head()).toBe(position)
  await log.close()
})

test('a server with the certificate of another address is refused', async () => {
  const log = await open('ann:p%40ss@', elsewhere)
  await expect(log.head()).rejects.toSatisfy(
    ({ name, cause }: Error) => name === 'Unavailable' && /10\.0\.0\.1/.test(String(cause)),
  )
  await log.close()
})

test.each(['ann:wrong@', ''])('opening a log as "%s" is denied at once', async (credentials) =>
  expect(open(credentials)).rejects.toThrow(
    /EventStoreDB denies access: check the name and password/,
  ),
)

test('an append of a user who may only read is denied at once', async () => {
  const log = await open('alf:word@')
  await expect(log.append('thing-2', 'none', events())).rejects.toThrow(/denies access/)
  expect(await log.read('thing-2')).toStrictEqual([])
  await log.close()
})
