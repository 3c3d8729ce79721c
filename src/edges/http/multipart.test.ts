import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Type } from 'typebox'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { httpWorld, onlyProcess, type HttpWorld } from '../../../test/support/http.ts'
import { module } from '../../serving/module.ts'
import { route } from '../../serving/route.ts'
import { OutOfSpace } from '../../platform/storage/blobs/port.ts'

type Received = {
  readonly name: string | undefined
  readonly size: number
  readonly chunks: number
}

// What a test looks for in an answer is not known to types.
// oxlint-disable-next-line typescript/no-explicit-any
const bodyOf = async (answer: Response): Promise<any> => answer.json()

/** What the handler has read of the last request, and how it ended. */
let received: Received[] = []
let reading = 0
let ended: 'whole' | 'failed' | undefined

const receiving = route({
  method: 'POST',
  url: '/boxes',
  access: 'user',
  operationId: 'fillBoxes',
  summary: 'Receives files',
  upload: { field: 'file', maxFiles: 3, description: 'Files' },
  data: Type.Object({ files: Type.Array(Type.Unsafe<Received>(Type.Any())) }),
  status: 201,
  handle: async ({ files }) => {
    try {
      for await (const { name, bytes } of files) {
        let [size, chunks] = [0, 0]
        for await (const { length } of bytes) {
          size += length
          reading = size
          chunks += 1
          if (name === 'full.bin') throw new OutOfSpace('The disk is full')
        }
        received.push({ name, size, chunks })
      }
      ended = 'whole'
      return { data: { files: received } }
    } catch (error) {
      ended = 'failed'
      throw error
    }
  },
})

const ten = '0123456789'
const sending = route({
  method: 'GET',
  url: '/boxes/:id',
  access: 'public',
  operationId: 'openBox',
  summary: 'Sends bytes',
  params: Type.Object({ id: Type.String() }),
  data: Type.Null(),
  binary: true,
  handle: async ({ params: { id } }) => ({
    data: null,
    content: {
      type: 'text/plain; charset=utf-8',
      size: ten.length,
      tag: 'abc',
      disposition: { kind: 'attachment', name: id },
      embeddable: false,
      open: async (range) =>
        id === 'gone' ? undefined : Readable.from([ten.slice(range?.start, range?.end)]),
    },
  }),
})

let world: HttpWorld
let token: string
let origin: string
beforeAll(async () => {
  const { modules } = await import('../../domains/index.ts')
  const boxes = module({ name: 'boxes', about: 'Boxes', routes: [receiving, sending] })
  world = await httpWorld({ modules: [...modules, boxes] })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  origin = world.app.listeningOrigin
  token = (await world.someone('ann')).token
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(() => {
  received = []
  reading = 0
  ended = undefined
})

type Part = {
  readonly name?: string
  readonly file?: string
  readonly bytes: string | Uint8Array<ArrayBuffer>
}

const formOf = (...parts: readonly Part[]): FormData => {
  const form = new FormData()
  for (const { name = 'file', file, bytes } of parts)
    if (file === undefined) form.append(name, String(bytes))
    else form.append(name, new Blob([bytes]), file)
  return form
}

const post = async (body: FormData | string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${origin}/api/v1/boxes`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
  return { status: answer.status, body: await bodyOf(answer) }
}

test('files arrive in their order, in pieces', async () => {
  const answer = await post(
    formOf(
      { file: 'a.txt', bytes: 'hello' },
      { file: 'ä b.bin', bytes: new Uint8Array(3_000_000) },
    ),
  )
  expect(answer.status).toBe(201)
  expect(answer.body.data.files).toEqual([
    { name: 'a.txt', size: 5, chunks: 1 },
    { name: 'ä b.bin', size: 3_000_000, chunks: expect.any(Number) },
  ])
  expect(answer.body.data.files[1].chunks).toBeGreaterThan(10)
})

test('without a token, nothing is read', async () => {
  const body = formOf({ file: 'a.txt', bytes: 'hello' })
  const answer = await fetch(`${origin}/api/v1/boxes`, { method: 'POST', body })
  expect(answer.status).toBe(401)
  expect(ended).toBeUndefined()
})

test.each([
  ['no file', formOf(), /file must be a file; there is none/],
  ['another field', formOf({ name: 'words', bytes: 'x' }), /words is not known here/],
  [
    'a file of another field',
    formOf({ name: 'photo', file: 'a', bytes: 'x' }),
    /photo is not known/,
  ],
  ['a text as the file', formOf({ bytes: 'x' }), /file must be a file, with a file name/],
  [
    'too many files',
    formOf(...Array.from({ length: 4 }, () => ({ file: 'a', bytes: 'x' }))),
    /file must occur at most 3 times/,
  ],
])('%s is refused by name', async (_, form, detail) => {
  const answer = await post(form)
  expect(answer.status).toBe(400)
  expect(answer.body.detail).toMatch(detail)
  expect(answer.body.errors).toHaveLength(1)
})

test.each([
  ['JSON', '{}', 'application/json', 415],
  ['a form of another kind', 'a=b', 'application/x-www-form-urlencoded', 415],
  ['a form without a boundary', 'x', 'multipart/form-data', 400],
  ['a form that is none', 'x', 'multipart/form-data; boundary=abc', 400],
])('%s is refused', async (_, body, type, status) => {
  const answer = await post(body, { 'content-type': type })
  expect(answer.status).toBe(status)
  expect(answer.body.success).toBe(false)
})

test('a form is no body of other routes', async () => {
  const answer = await fetch(`${origin}/api/v1/auth/login`, {
    method: 'POST',
    body: formOf({ file: 'a', bytes: 'x' }),
  })
  expect(answer.status).toBe(415)
})

test('a full store answers 507, whatever else the request would send', async () => {
  const answer = await post(formOf({ file: 'full.bin', bytes: new Uint8Array(5_000_000) }))
  expect([answer.status, answer.body.code]).toEqual([507, 'out_of_space'])
  // The rest is dropped, so that the connection serves the next request.
  for (let more = 0; more < 3; more += 1) expect((await open('a')).status).toBe(200)
})

const firstPart = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'

const start = (length: number) =>
  `POST /api/v1/boxes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n` +
  `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${length}\r\n\r\n` +
  firstPart

const opened = () => {
  const url = new URL(origin)
  return connect(Number(url.port), url.hostname)
}

test('a connection that is cut within a file fails the reading of it', async () => {
  const socket = opened()
  socket.write(start(1_000_000) + 'x'.repeat(200_000))
  await expect.poll(() => reading).toBeGreaterThan(10_000)
  socket.destroy()
  await once(socket, 'close')
  await expect.poll(() => ended).toBe('failed')
  expect(received).toEqual([])
})

test('a Content-Length that is too small ends the form too early', async () => {
  const socket = opened()
  socket.write(start(firstPart.length + 50) + 'x'.repeat(10_000))
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 .*"code":"malformed_request"/s)
  expect([ended, received]).toEqual(['failed', []])
})

test('an end without the last boundary is refused', async () => {
  const socket = opened()
  socket.write(start(firstPart.length + 4) + 'x\r\n-')
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 .*"code":"malformed_request"/s)
  expect([ended, received]).toEqual(['failed', []])
})

test('a form that pauses is given up, one that goes on is not', async () => {
  await using patient = await httpWorld({
    modules: world.deps.modules,
    config: { loadLimits: { requests: 10, delay: 60_000, answer: 100, arrival: 700 } },
  })
  await patient.app.listen({ port: 0, host: '127.0.0.1' })
  const { token: other } = await patient.someone('ben')
  const url = new URL(patient.app.listeningOrigin)
  const socket = connect(Number(url.port), url.hostname)
  const [before, after] = [token, other]
  socket.write(start(1_000_000).replace(before, after))
  let isOver = false
  const answer = text(socket).finally(() => {
    isOver = true
  })
  const since = performance.now()
  // Twice as long as a request of JSON has.
  while (performance.now() - since < 1_500) {
    socket.write('x'.repeat(1_000))
    const written = reading
    await expect.poll(() => reading).not.toBe(written)
  }
  expect(isOver).toBe(false)
  expect(await answer).toMatch(/^HTTP\/1.1 408 .*"code":"request_timeout"/s)
  await expect.poll(() => ended).toBe('failed')
})

const open = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${origin}/api/v1/boxes/${path}`, { method, headers })

test('bytes are sent whole, for no script to run and no type to be guessed', async () => {
  const answer = await open(encodeURIComponent('a "b"/ü\n.txt'))
  expect([answer.status, await answer.text()]).toEqual([200, ten])
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-disposition':
      'attachment; filename="a _b__?_.txt"; filename*=UTF-8\'\'a%20%22b%22%2F%C3%BC%0A.txt'.replace(
        '?',
        '_',
      ),
    'content-length': '10',
    'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
    'content-type': 'text/plain; charset=utf-8',
    'cross-origin-resource-policy': 'same-origin',
    etag: '"abc"',
    'x-content-type-options': 'nosniff',
  })
})

test('a range is sent alone, one beyond the end is refused', async () => {
  const part = await open('a', { range: 'bytes=2-4' })
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
    206,
    'bytes 2-4/10',
    '234',
  ])
  const beyond = await open('a', { range: 'bytes=10-' })
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10'])
  expect((await bodyOf(beyond)).errors[0].field).toBe('Range')
  const older = await open('a', { range: 'bytes=2-4', 'if-range': '"older"' })
  expect([older.status, await older.text()]).toEqual([200, ten])
})

test('an answer that the client has is not sent again', async () => {
  for (const tag of ['"abc"', 'W/"abc"', '"x", "abc"', '*']) {
    const answer = await open('a', { 'if-none-match': tag })
    expect([answer.status, await answer.text()]).toEqual([304, ''])
  }
  expect((await open('a', { 'if-none-match': '"abcd"' })).status).toBe(200)
})

test('HEAD has the headers alone, and bytes that are gone are 404', async () => {
  const head = await open('a', {}, 'HEAD')
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
    200,
    '10',
    '',
  ])
  expect((await open('gone')).status).toBe(404)
})

test('a gateway passes files on as they arrive, beyond the size of other bodies', async () => {
  const passedOn: { readonly size: number; readonly isStream: boolean }[] = []

  await using gateway = await httpWorld({
    modules: world.deps.modules,
    processes: {
      ...onlyProcess(),
      isHere: (name) => name !== 'boxes',
      passOn: async (_context, { body }) => {
        let size = 0
        const isStream = body instanceof Readable
        if (isStream) for await (const { length } of body) size += length
        passedOn.push({ size, isStream })
        return { status: 201, headers: {}, body: Buffer.from('passed on') }
      },
    },
  })
  await gateway.app.listen({ port: 0, host: '127.0.0.1' })
  const { token: other } = await gateway.someone('cleo')
  const send = (authorization: string) =>
    fetch(`${gateway.app.listeningOrigin}/api/v1/boxes`, {
      method: 'POST',
      body: formOf({ file: 'a.bin', bytes: new Uint8Array(3_000_000) }),
      headers: { authorization },
    })
  const answer = await send(`Bearer ${other}`)
  expect([answer.status, await answer.text()]).toEqual([201, 'passed on'])
  expect(passedOn).toEqual([{ size: expect.any(Number), isStream: true }])
  expect(passedOn[0]?.size).toBeGreaterThan(3_000_000)
  expect((await send('Bearer x')).status).toBe(401)
  expect(passedOn).toHaveLength(1)
})
