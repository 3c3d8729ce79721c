import { afterAll, beforeAll, expect, test } from 'vitest'
import { agoraHere, temporaryData, type AgoraHere } from '../support/agora.ts'
import { root } from '../support/shop.ts'
import { partNames } from './parts.ts'
import { run } from './run.ts'
import { certificateIn, type Certificate } from './support/certificate.ts'
import { memoryOfThis } from './support/memory.ts'

const secret = 'a secret of at least 32 characters'

let agora: AgoraHere
let folder: Awaited<ReturnType<typeof temporaryData>>
let tls: Certificate
beforeAll(async () => {
  folder = await temporaryData()
  const certificate = await certificateIn(folder.path)
  tls = certificate.tls
  agora = await agoraHere({
    AGORA_GRPC_PORT: '0',
    AGORA_ESDB_PORT: '0',
    AGORA_ESDB_WRITABLE: 'true',
    ...certificate.env,
    AGORA_SECRET: secret,
  })
})
afterAll(async () => {
  await agora[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** Whether a log line is an error. */
const isError = (line: string): boolean => Number(JSON.parse(line).level) >= 50

// The seed is the same each time, so that a fault is one of the change that is tested. `npm run fuzz` sends many more.
test('a short fuzz of HTTP, sockets, gRPC and the EventStoreDB endpoint finds nothing', async () => {
  const { url, grpcPort = 0, eventStorePort = 0, written } = agora
  const served = {
    url,
    grpcPort,
    eventStorePort,
    tls,
    secret,
    admin: root,
    errors: () => written.filter(isError),
    hasEnded: () => false,
    memory: async () => memoryOfThis(),
  }
  const names = partNames.filter((name) => name !== 'doors')
  const progress = () => undefined
  const { findings, sent, notes } = await run(served, { names, seed: 19, requests: 237, progress })
  expect(notes.filter((note) => note.startsWith('seeds'))).toEqual([])
  expect(findings).toEqual([])
  expect.assert(Object.values(sent).every((number) => number > 20))
})
