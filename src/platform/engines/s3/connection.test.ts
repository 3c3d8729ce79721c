import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { OutOfSpace } from '../../storage/blobs/port.ts'
import { Unavailable } from '../../unavailable.ts'
import { openS3 } from './connection.ts'

/** A server that answers all requests in the same way. @returns the error of a ping, and the number of requests */
const pingOf = async (status: number, code: string) => {
  let requests = 0
  const server = createServer((_, response) => {
    requests += 1
    response.writeHead(status, { 'x-amz-error-code': code }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const connection = openS3({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket: 'any',
    region: 'us-east-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  })
  try {
    const error = await connection.ping().catch((thrown: unknown) => thrown)
    return { error, requests }
  } finally {
    connection.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
}

test.each([
  [507, 'XMinioStorageFull', OutOfSpace],
  [500, 'InternalError', Unavailable],
  [503, 'SlowDown', Unavailable],
  [403, 'AccessDenied', Unavailable],
  [404, 'NoSuchBucket', Unavailable],
  [301, 'PermanentRedirect', Unavailable],
])('an answer with the status %i', async (status, code, kind) => {
  const { error } = await pingOf(status, code)
  expect(error).toBeInstanceOf(kind)
})

test('what may pass is tried three times, a refusal once', async () => {
  expect((await pingOf(503, 'SlowDown')).requests).toBe(3)
  expect((await pingOf(403, 'AccessDenied')).requests).toBe(1)
})
