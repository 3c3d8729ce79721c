import { afterAll, beforeAll, expect, test } from 'vitest'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import { root } from '../support/shop.ts'
import { partNames } from './parts.ts'
import { run } from './run.ts'
import { memoryOfThis } from './support/memory.ts'

const secret = 'a secret of at least 32 characters'

let agora: AgoraHere
beforeAll(async () => {
  agora = await agoraHere({ AGORA_GRPC_PORT: '0', AGORA_SECRET: secret })
})
afterAll(() => agora[Symbol.asyncDispose]())

/** Whether a log line is an error. */
const isError = (line: string): boolean => Number(JSON.parse(line).level) >= 50

// The seed is the same each time, so that a fault is one of the change that is tested. `npm run fuzz` sends many more.
test('a short fuzz of HTTP, sockets and gRPC finds nothing', async () => {
  const { url, grpcPort = 0, written } = agora
  const served = {
    url,
    grpcPort,
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
