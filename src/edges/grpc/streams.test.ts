import type { IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ServiceError } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureIn } from '../../../test/support/grpc.ts'
import { uploadTo } from '../../../test/support/upload.ts'
import { until } from '../../../test/support/until.ts'
import type { MediaServiceClient } from './generated/agora/media/v1/MediaService.ts'
import type { UploadMediaReply__Output } from './generated/agora/media/v1/UploadMediaReply.ts'
import type { UploadMediaRequest } from './generated/agora/media/v1/UploadMediaRequest.ts'
import { before, downloading, mediaClient, uploading } from './testing/before.ts'
import { grpcWorld, type GrpcWorld } from './testing/served.ts'

let grpc: GrpcWorld
let media: MediaServiceClient
let ada: Awaited<ReturnType<GrpcWorld['world']['someone']>>
beforeAll(async () => {
  grpc = await grpcWorld({ contexts: ['analytics', 'profiles', 'media'] })
  media = mediaClient(grpc.served.port)
  ada = await grpc.world.someone('ada')
})
afterAll(async () => {
  media.close()
  await grpc[Symbol.asyncDispose]()
})

type Options = Parameters<GrpcWorld['client']['metadataFor']>[1]

/** Uploads parts. @returns the answer, or the failure */
const uploadParts = async (parts: readonly UploadMediaRequest[], options?: Options) => {
  const metadata = grpc.client.metadataFor(uploading, options)
  const answered = Promise.withResolvers<UploadMediaReply__Output | ServiceError>()
  const call = media.uploadMedia(metadata, (error, reply) => answered.resolve(error ?? reply!))
  for (const part of parts) call.write(part)
  call.end()
  const answer = await answered.promise
  return answer instanceof Error ? { failure: failureIn(answer) } : { reply: answer }
}

/** Downloads a file. @returns its description and bytes, or the failure */
const downloaded = async (request: object, options?: Options) => {
  const call = media.downloadMedia(request, grpc.client.metadataFor(downloading, options))
  const chunks: Buffer[] = []
  let file: unknown
  try {
    for await (const part of call) {
      if (part.file) file = part.file
      else chunks.push(part.chunk)
    }
  } catch (error) {
    return { failure: failureIn(error as ServiceError) }
  }
  return { file, bytes: Buffer.concat(chunks).toString('latin1') }
}

const file = (name: string): UploadMediaRequest => ({ file: { name } })
const chunk = (bytes: string): UploadMediaRequest => ({ chunk: Buffer.from(bytes) })

describe('an upload', () => {
  test('stores the files, as its twin does', async () => {
    const parts = [
      file('größe "a".txt'),
      chunk('The first '),
      chunk('file'),
      file('b.pdf'),
      chunk('%PDF-1.7 and more'),
    ]
    const { reply } = await uploadParts(parts, { token: ada.token })
    const { port } = grpc.world.app.server.address() as AddressInfo
    const twin = await uploadTo(`http://127.0.0.1:${port}/api/v1`, ada.token, [
      { name: 'größe "a".txt', bytes: 'The first file', type: 'text/plain' },
    ])
    expect(reply?.media).toMatchObject([
      { name: twin.body.data.media[0].name, mime: 'text/plain', size: 14, status: 'READY' },
      { name: 'b.pdf', mime: 'application/pdf', size: 17 },
    ])
    const [first] = reply!.media
    const { body } = await ada.call('GET', `/media/${first!.id}`)
    expect(first).toMatchObject(body.data)
    const { token } = ada
    expect(await downloaded({ id: first!.id }, { token })).toEqual({
      file: { mime: 'text/plain; charset=utf-8', size: 14 },
      bytes: 'The first file',
    })
    const { text } = await ada.call('GET', `/media/${first!.id}/content`)
    expect(text).toBe('The first file')
    const link = new URL(first!.url!, 'http://localhost').searchParams
    const [expires, signature] = [Number(link.get('expires')), link.get('signature')!]
    expect(await downloaded({ id: first!.id, expires, signature })).toHaveProperty('bytes', text)
  })

  test.for([
    ['without a token', [file('a'), chunk('x')], false, 'UNAUTHENTICATED', 'not_signed_in', []],
    [
      'that begins with bytes',
      [chunk('x')],
      true,
      'INVALID_ARGUMENT',
      'invalid_request',
      ['chunk'],
    ],
    [
      'with an empty message',
      [file('a'), {}],
      true,
      'INVALID_ARGUMENT',
      'invalid_request',
      ['part'],
    ],
    ['without files', [], true, 'INVALID_ARGUMENT', 'invalid_request', ['file']],
    [
      'of nothing known',
      [file('a'), chunk('\u0000\u0001')],
      true,
      'INVALID_ARGUMENT',
      'unsupported_media_type',
      undefined,
    ],
  ] as const)('%s is refused', async ([, parts, isSigned, code, reason, fields]) => {
    const { failure } = await uploadParts(parts, isSigned ? { token: ada.token } : {})
    expect(failure).toMatchObject({ code, reason, ...(fields && { fields }) })
  })

  test('that no process of this Agora has signed is refused', async () => {
    const options = { token: ada.token, signature: 'x' }
    const { failure } = await uploadParts([file('a'), chunk('x')], options)
    expect(failure).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'internal_only' })
  })
})

test.for([
  ['without a link and a token', {}, 'no_link'],
  ['that no process of this Agora has signed', { signature: 'x' }, 'internal_only'],
] as const)('a download %s is refused', async ([, options, reason]) => {
  const { reply } = await uploadParts([file('a'), chunk('mine')], { token: ada.token })
  const { failure } = await downloaded({ id: reply!.media[0]!.id }, options)
  expect(failure).toMatchObject({ code: 'UNAUTHENTICATED', reason })
})

const mebibyte = 1024 * 1024
const total = 40 * mebibyte
/** Buffers of two connections, and of the streams at their ends. */
const buffered = 16 * mebibyte
const block = Buffer.alloc(64 * 1024, 1)

describe('back pressure', () => {
  test('holds a download back to the pace of its client', async () => {
    let sent = 0
    const { client, metadataFor } = await before((_request, response) => {
      response.writeHead(200, { 'content-length': total, 'content-type': 'video/mp4' })
      const send = async () => {
        for (; sent < total; sent += block.length)
          if (!response.write(block)) await once(response, 'drain')
        response.end()
      }
      void send()
    })
    let [received, lead] = [0, 0]
    for await (const part of client.downloadMedia({ id: 'a' }, metadataFor(downloading))) {
      received += part.chunk?.length ?? 0
      lead = Math.max(lead, sent - received)
      // A slow client.
      for (let turn = 0; turn < 5; turn += 1) await nextTurn()
    }
    expect(received).toBe(total)
    expect(lead).toBeLessThan(buffered)
  })

  test('ends a download whose client has gone while the writer waits', async () => {
    let closed = false
    const { client, metadataFor } = await before((_request, response) => {
      response.writeHead(200, { 'content-length': total, 'content-type': 'video/mp4' })
      response.on('close', () => (closed = true))
      const send = () => {
        while (!closed && response.write(block));
      }
      response.on('drain', send)
      send()
    })
    const call = client.downloadMedia({ id: 'a' }, metadataFor(downloading))
    call.on('error', () => undefined)
    await once(call, 'readable')
    expect(closed).toBe(false)
    call.cancel()
    await until(
      () => closed,
      (isClosed) => isClosed,
    )
  })

  test('holds an upload back to the pace of the server', async () => {
    let received = 0
    const read = async (request: IncomingMessage) => {
      for await (const bytes of request) {
        received += (bytes as Buffer).length
        for (let turn = 0; turn < 5; turn += 1) await nextTurn()
      }
    }
    const { client, metadataFor } = await before((request, response) => {
      void read(request).then(() =>
        response
          .writeHead(201, { 'content-type': 'application/json' })
          .end(JSON.stringify({ success: true, data: { media: [] }, meta: {} })),
      )
    })
    const answered = Promise.withResolvers<unknown>()
    const call = client.uploadMedia(metadataFor(uploading), (error) => answered.resolve(error))
    call.write(file('a'))
    let [sent, lead] = [0, 0]
    for (; sent < total; sent += block.length) {
      lead = Math.max(lead, sent - received)
      if (!call.write({ chunk: block })) await once(call, 'drain')
    }
    call.end()
    expect(await answered.promise).toBeNull()
    expect(received).toBeGreaterThan(total)
    expect(lead).toBeLessThan(buffered)
  })
})
