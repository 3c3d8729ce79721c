import { Agent, get } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { asyncCounts } from '../../../test/support/async-counts.ts'
import { httpWorld } from '../../../test/support/http.ts'

const parts: AsyncDisposable[] = []
afterEach(async () => {
  for (const part of parts.splice(0)) await part[Symbol.asyncDispose]()
})

/** Sends a request by callbacks, so that the client makes one promise per request. */
const ask = (url: string, agent: Agent): Promise<number> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
    }).once('error', reject)
  })

test('a request without a key creates promises in its handler only, not in hooks', async () => {
  const world = await httpWorld()
  parts.push(world)
  const url = `${await world.app.listen({ port: 0, host: '127.0.0.1' })}/api/v1/health/live`
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect(await ask(url, agent)).toBe(200)
  const times = 20
  let least = Infinity
  // Work in the background creates promises now and then, in some rounds only.
  for (let round = 0; round < 10; round++) {
    const { PROMISE: promises = 0 } = await asyncCounts(async () => {
      for (let count = 0; count < times; count++) await ask(url, agent)
    })
    least = Math.min(least, promises / times)
  }
  agent.destroy()
  // Two belong to the client and this loop, five to the handler and its awaits.
  expect(least).toBeLessThan(8)
})
