import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import type { ServiceError } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { failureIn } from '../../../test/support/grpc.ts'
import { until } from '../../../test/support/until.ts'
import { before, downloading, uploading } from './testing/before.ts'

const total = 40 * 1024 * 1024
const block = Buffer.alloc(64 * 1024, 1)

const file = { file: { name: 'a' } }

/** Answers with more than a client buffers, and counts the answers that are not over. */
const endless = () => {
  let open = 0
  const listener: RequestListener = (_request, response) => {
    open += 1
    let isOver = false
    response.writeHead(200, { 'content-length': total, 'content-type': 'video/mp4' })
    response.on('close', () => {
      isOver = true
      open -= 1
    })
    const send = () => {
      while (!isOver && response.write(block));
    }
    response.on('drain', send)
    send()
  }
  return { listener, open: () => open }
}

describe('a client that pauses', () => {
  const pausing = { streams: 1, pause: 200 }

  test('loses its download', async () => {
    const { listener, open } = endless()
    const { client, metadataFor } = await before(listener, pausing)
    const call = client.downloadMedia({ id: 'a' }, metadataFor(downloading))
    await once(call, 'readable')
    const failed = new Promise<ServiceError>((resolve) => call.once('error', resolve))
    await until(open, (count) => count === 0)
    call.resume()
    expect(failureIn(await failed)).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      reason: 'request_timeout',
    })
  })

  test.for([
    ['before its first file', []],
    ['within a file', [file, { chunk: Buffer.from('x') }]],
  ] as const)('%s loses its upload', async ([, parts]) => {
    const { client, metadataFor } = await before((request) => void request.resume(), pausing)
    const answered = Promise.withResolvers<ServiceError | null>()
    const call = client.uploadMedia(metadataFor(uploading), (error) => answered.resolve(error))
    for (const part of parts) call.write(part)
    expect(failureIn((await answered.promise)!)).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      reason: 'request_timeout',
    })
  })
})

test('streams of files beyond the limit are refused, until one ends', async () => {
  const { listener } = endless()
  const { client, metadataFor } = await before(listener, { streams: 1, pause: 60_000 })
  const download = async () => {
    const call = client.downloadMedia({ id: 'a' }, metadataFor(downloading))
    const failed = new Promise<ServiceError>((resolve) => call.once('error', resolve))
    const outcome = await Promise.race([once(call, 'readable').catch(() => failed), failed])
    return outcome instanceof Error ? failureIn(outcome) : call
  }
  const first = await download()
  const refused = { code: 'RESOURCE_EXHAUSTED', reason: 'too_many_requests' }
  expect(await download()).toMatchObject(refused)
  const answered = Promise.withResolvers<ServiceError | null>()
  client.uploadMedia(metadataFor(uploading), (error) => answered.resolve(error)).write(file)
  expect(failureIn((await answered.promise)!)).toMatchObject(refused)
  if ('cancel' in first) first.cancel()
  const next = await until(download, (one) => 'cancel' in one)
  if ('cancel' in next) next.cancel()
})
