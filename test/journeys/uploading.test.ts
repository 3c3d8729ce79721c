import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gpsPicture } from '../../src/platform/external/pictures/testing/pictures.ts'
import { startAgora, temporaryData, type AgoraProcess } from '../support/agora.ts'
import { mp4, png } from '../support/files.ts'
import { callAt, successOf, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'
import { uploadTo } from '../support/upload.ts'

const mebibyte = 1024 * 1024

const all = new AsyncDisposableStack()
let data: string
let agora: AgoraProcess
let ann: Person
beforeAll(async () => {
  data = all.use(await temporaryData()).path
  agora = all.use(await startAgora(data))
  ann = await agora.shop.register()
}, 300_000)
afterAll(() => all.disposeAsync())

const filesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(join(data, 'blobs', folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

/** Resident memory of Agora, in bytes. */
const memory = async (): Promise<number> => {
  const status = await readFile(`/proc/${agora.child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}

const boundary = 'journey'
const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n`

/** Begins an upload of a video. @param length of the whole form, in bytes */
const begin = (length: number) => {
  const { port, hostname } = new URL(agora.url)
  const socket = connect(Number(port), hostname)
  // The server may be killed meanwhile.
  socket.on('error', () => undefined)
  socket.write(
    `POST /api/v1/media/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\n` +
      `Content-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: ${length}\r\n\r\n${head}`,
  )
  socket.write(mp4)
  return socket
}

test('a large file is stored without ever being in memory', async () => {
  successOf(await ann.call('GET', '/users/me'), 200)
  // The first upload imports what it needs.
  expect((await uploadTo(`${agora.url}/api/v1`, ann.token, [{ bytes: 'first' }])).status).toBe(201)
  const before = await memory()
  const piece = Buffer.alloc(mebibyte, 'v')
  const pieces = 190
  const tail = `\r\n--${boundary}--\r\n`
  const socket = begin(head.length + mp4.length + pieces * piece.length + tail.length)
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += String(chunk)))
  let most = before
  for (let sent = 0; sent < pieces; sent += 1) {
    if (!socket.write(piece)) await once(socket, 'drain')
    if (sent % 10 === 0) most = Math.max(most, await memory())
  }
  socket.write(tail)
  await until(
    async () => answer,
    (text) => text.includes('"success"'),
  )
  socket.destroy()
  expect(answer).toMatch(/^HTTP\/1.1 201 /)
  expect(most - before).toBeLessThan((pieces * mebibyte) / 2)
  const { id } = JSON.parse(/\{.*\}/s.exec(answer)?.[0] ?? '').data.media[0]
  const part = await fetch(`${agora.url}/api/v1/media/${id}/content`, {
    headers: { authorization: `Bearer ${ann.token}`, range: 'bytes=100000000-100000002' },
  })
  expect([part.status, await part.text()]).toEqual([206, 'vvv'])
  successOf(await ann.call('DELETE', `/media/${id}`), 200)
  // The job removes the bytes, those of the first file stay.
  await until(
    () => filesIn('stored'),
    ({ length }) => length === 1,
  )
}, 300_000)

/** The bytes of a file, as Ann reads them. */
const contentOf = async (id: string): Promise<Buffer> => {
  const found = await fetch(`${agora.url}/api/v1/media/${id}/content`, {
    headers: { authorization: `Bearer ${ann.token}` },
  })
  expect(found.status).toBe(200)
  return Buffer.from(await found.arrayBuffer())
}

test('after kill -9, nothing of an upload is left, files from before are whole, and a picture that was being cleaned is cleaned', async () => {
  const send = async (bytes: Buffer): Promise<string> =>
    (await uploadTo(`${agora.url}/api/v1`, ann.token, [{ bytes }])).body.data.media[0].id
  const id = await send(png(20, 10, 'from before'))
  await until(
    () => ann.call('GET', `/media/${id}`),
    ({ body: answer }) => answer.data.status === 'READY',
  )
  const before = await contentOf(id)
  const socket = begin(50 * mebibyte)
  socket.write(Buffer.alloc(5 * mebibyte, 'v'))
  await until(
    () => filesIn('incoming'),
    ({ length }) => length === 1,
  )
  const photograph = await gpsPicture(3_000, 2_000)
  const cut = await send(photograph)
  await agora.kill()
  socket.destroy()
  expect((await filesIn('incoming')).length).toBeGreaterThanOrEqual(1)

  agora = all.use(await startAgora(data))
  const call = callAt(agora.url, ann.token)
  await until(
    () => call('GET', `/media/${cut}`),
    ({ status, body: answer }) => status === 200 && answer.data.status === 'READY',
  )
  const cleaned = await sharp(await contentOf(cut)).metadata()
  expect([cleaned.width, cleaned.height, cleaned.exif]).toEqual([2_000, 3_000, undefined])
  // A text, two pictures, one thumbnail of the small one, three of the large one.
  await until(
    () => filesIn('stored'),
    ({ length }) => length === 7,
  )
  expect(await filesIn('incoming')).toEqual([])
  // The read model catches up after the start.
  await until(
    () => call('GET', `/users/${ann.id}/media`),
    ({ status, body: answer }) => status === 200 && answer.data.total === 3,
  )
  expect((await contentOf(id)).equals(before)).toBe(true)
}, 300_000)

test('a file is linked to the post that is published with it, as its owner sees', async () => {
  const own = callAt(agora.url, ann.token)
  const { body } = await uploadTo(`${agora.url}/api/v1`, ann.token, [{ bytes: 'a text' }])
  const mediaId = body.data.media[0].id
  const published = await own('POST', '/posts', { mediaIds: [mediaId] })
  const postId = successOf(published, 201).body.data.id
  const { data: linked } = (
    await until(
      () => own('GET', `/media/${mediaId}`),
      (answer) => answer.body.data?.postIds !== undefined,
    )
  ).body
  expect(linked.postIds).toEqual([postId])
  const stranger = await agora.shop.register()
  const seen = successOf(await stranger.call('GET', `/media/${mediaId}`), 200)
  expect(seen.body.data.postIds).toBeUndefined()
})
