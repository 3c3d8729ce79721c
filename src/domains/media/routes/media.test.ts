import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { asId } from '#kernel'
import { gif, jpeg, mp4, pdf, png, webm, zip } from '../../../../test/support/files.ts'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { readyPictures } from '../../../../test/support/ready-pictures.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { uploadTo, type Sent } from '../../../../test/support/upload.ts'
import { defaultMediaSettings } from '../../../edges/http/dependencies.ts'
import { memoryBlobs } from '../../../platform/storage/blobs/memory.ts'
import { OutOfSpace, type Blobs } from '../../../platform/storage/blobs/port.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { mediaUses } from '../../../projections/index.ts'
import { boundJob } from '../../../serving/job.ts'
import { UserId } from '../../shared/index.ts'
import { erase } from '../erase.ts'
import { removeBytesOfDeleted } from '../jobs/remove-bytes-of-deleted.ts'

/** Replaced by a test of a store that fails. */
let stage: Blobs['stage'] | undefined
const stored = memoryBlobs()
const blobs: Blobs = { ...stored, stage: (source) => (stage ?? stored.stage)(source) }
let ahead = 0

type Person = Awaited<ReturnType<HttpWorld['someone']>>
let world: HttpWorld
let api: string
let [ann, ben, admin]: Person[] = []
const kib = 1_024
beforeAll(async () => {
  world = await httpWorld({
    blobs,
    clock: () => new Date(Date.now() + ahead),
    config: {
      media: {
        ...defaultMediaSettings,
        caps: { image: 64 * kib, video: 128 * kib, document: 32 * kib },
        perPerson: 300 * kib,
      },
    },
  })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  api = `${world.app.listeningOrigin}/api/v1`
  ;[ann, ben] = [await world.someone('ann'), await world.someone('ben')]
  admin = await world.someone('root', 'admin')
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(() => {
  stage = undefined
  ahead = 0
})

const keys = async (): Promise<readonly string[]> => {
  const found: string[] = []
  for await (const { key } of stored.list()) found.push(key)
  return found.filter((key) => !/\.t\d+$/.test(key))
}
const head = () => world.log.head()
const send = (person: Person | undefined, ...files: readonly Sent[]) =>
  uploadTo(api, person!.token, files)
const idOf = async (person: Person | undefined, file: Sent): Promise<string> => {
  const { status, body } = await send(person, file)
  expect(status, JSON.stringify(body)).toBe(201)
  await readyPictures(world)
  return body.data.media[0].id
}
/** Publishes a post with a file: then others see it. */
const show = async (person: Person | undefined, id: string): Promise<string> => {
  const body = { content: 'Look', mediaIds: [id] }
  const { status, text } = (await person?.call('POST', '/posts', body)) ?? {}
  expect(status, text).toBe(201)
  return id
}
/** Runs the job for every deleted file. */
const removeDeleted = async () => {
  const { dataOf, run } = boundJob(removeBytesOfDeleted, jobPorts(world))
  const { events } = await world.log.readAll({ after: 0n, limit: 100_000 })
  for (const event of events.filter(({ type }) => type === 'MediaDeleted')) {
    const commandId = randomUUID()
    const data = dataOf(event)
    if (data) await run(data, { commandId, actorId: 'test', correlationId: commandId })
  }
}

test('files are stored by what they are, whatever they are called', async () => {
  const answer = await send(
    ann,
    { name: '../../etc/pass\u0000wd.zip', bytes: png(3, 2), type: 'application/zip' },
    { name: 'film.jpg', bytes: Buffer.concat([mp4, Buffer.alloc(100)]) },
    { name: 'C:\\temp\\a b.txt', bytes: 'Grüße' },
    { name: '..', bytes: pdf },
  )
  expect(answer.status).toBe(201)
  const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/media\/.+signature=/)
  const common = { id: expect.any(String), userId: ann?.id, status: 'READY', url }
  expect(answer.body.data.media).toEqual([
    {
      ...common,
      kind: 'image',
      mime: 'image/png',
      size: png(3, 2).length,
      width: 3,
      height: 2,
      status: 'PROCESSING',
      name: expect.stringMatching(/^pass.?wd\.zip$/),
    },
    { ...common, kind: 'video', mime: 'video/mp4', size: 124, name: 'film.jpg' },
    { ...common, kind: 'document', mime: 'text/plain', size: 7, name: 'a b.txt' },
    { ...common, kind: 'document', mime: 'application/pdf', size: pdf.length },
  ])
  for (const one of answer.body.data.media) {
    const found = await ann?.call('GET', `/media/${one.id}`)
    expect(found?.body.data).toMatchObject({ ...one, url })
  }
})

test('the list of a user has the latest files first', async () => {
  const eve = await world.someone('eve')
  const ids = [await idOf(eve, { bytes: 'first' }), await idOf(eve, { bytes: png(1, 1) })]
  await world.readModels.fold()
  const list = async (query: string) =>
    (await eve.call('GET', `/users/${eve.id}/media${query}`)).body.data
  const all = await list('')
  expect(all.total).toBe(2)
  expect(new Set(all.media.map(({ id }: { id: string }) => id))).toEqual(new Set(ids))
  expect((await list('?kind=image')).media.map(({ id }: { id: string }) => id)).toEqual([ids[1]])
})

const many = (count: number) => Buffer.alloc(count * kib, 'a')

describe('is refused, and nothing stays of', () => {
  test.each<[string, readonly Sent[], number, RegExp]>([
    [
      'svg with a script',
      [{ bytes: '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>' }],
      415,
      /^file\[0\] must be a picture/,
    ],
    [
      'a zip that is called jpg',
      [{ name: 'a.jpg', type: 'image/jpeg', bytes: zip }],
      415,
      /^file\[0\] must be/,
    ],
    [
      'html after a gif',
      [{ bytes: Buffer.concat([gif(1, 1), Buffer.from('<ScRipt>alert(1)</script>')]) }],
      415,
      /without markup/,
    ],
    [
      'html within a gif, over the end of a piece',
      [{ bytes: Buffer.concat([gif(1, 1), many(63), Buffer.from('<html >')]) }],
      415,
      /without markup/,
    ],
    ['an empty file', [{ bytes: '' }], 400, /^file\[0\] must not be empty/],
    [
      'a text with a zero far behind',
      [{ bytes: Buffer.concat([many(20), Buffer.alloc(1)]) }],
      415,
      /control characters/,
    ],
    [
      'a text in another charset far behind',
      [{ bytes: Buffer.concat([many(20), Buffer.from([0xe4, 0x20])]) }],
      415,
      /UTF-8/,
    ],
    [
      'a picture that is too large',
      [{ bytes: Buffer.concat([png(1, 1), many(64)]) }],
      413,
      /at most 65536 bytes, as an image/,
    ],
    [
      'a video that is too large',
      [{ bytes: Buffer.concat([webm, many(128)]) }],
      413,
      /at most 131072 bytes, as a video/,
    ],
    [
      'a text that is too large',
      [{ bytes: Buffer.concat([many(32), Buffer.from('a')]) }],
      413,
      /at most 32768 bytes, as a document/,
    ],
    [
      'a bomb',
      [{ bytes: png(50_000, 50_000) }],
      413,
      /at most 100000000 pixels, not 50000 × 50000/,
    ],
    ['a bomb in JPEG', [{ bytes: jpeg(50_000, 50_000) }], 413, /pixels/],
    ['a picture without a size', [{ bytes: png(1, 1).subarray(0, 14) }], 415, /whole picture/],
    [
      'a good file beside a bad one',
      [{ bytes: png(1, 1, 'good') }, { bytes: zip }],
      415,
      /^file\[1\] must be/,
    ],
    [
      'eleven files',
      Array.from({ length: 11 }, (_, index) => ({ bytes: `text ${index}` })),
      400,
      /^file must occur at most 10 times/,
    ],
  ])('%s', async (_, files, status, detail) => {
    const before = [await keys(), await head()]
    const answer = await send(ann, ...files)
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(detail)])
    expect(answer.body.errors[0].field).toMatch(/^file/)
    expect([await keys(), await head()]).toEqual(before)
  })
})

test('a connection that is cut at half leaves nothing', async () => {
  const before = [await keys(), await head()]
  const staging = vi.fn<Blobs['stage']>((source) => stored.stage(source))
  stage = staging
  const url = new URL(api)
  const socket = connect(Number(url.port), url.hostname)
  socket.write(
    `POST /api/v1/media/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann?.token}\r\n` +
      'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 60000\r\n\r\n' +
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' +
      'x'.repeat(20_000),
  )
  await expect.poll(() => staging.mock.results.length).toBe(1)
  socket.destroy()
  await once(socket, 'close')
  await expect(staging.mock.results[0]?.value).rejects.toThrow('The form ends too early')
  expect([await keys(), await head()]).toEqual(before)
})

test.each([
  ['a full disk', new OutOfSpace('full'), 507, 'out_of_space'],
  ['a store that is away', new Unavailable('away'), 503, 'unavailable'],
])('%s is told as such, and leaves nothing', async (_, error, status, code) => {
  const before = [await keys(), await head()]
  stage = async (source) => {
    for await (const _piece of source) throw error
    throw error
  }
  const answer = await send(ann, { bytes: png(1, 1, 'unlucky') })
  expect([answer.status, answer.body.code]).toEqual([status, code])
  expect([await keys(), await head()]).toEqual(before)
})

test('the same bytes are stored once, and stay as long as one file has them', async () => {
  const before = (await keys()).length
  const bytes = png(7, 7, 'shared')
  const ids = [await idOf(ann, { bytes }), await idOf(ben, { bytes }), await idOf(ann, { bytes })]
  expect((await keys()).length).toBe(before + 1)
  const content = async (person: Person | undefined, id: string | undefined) =>
    (await person?.call('GET', `/media/${id}/content`))?.status
  await ann?.call('DELETE', `/media/${ids[0]}`)
  await removeDeleted()
  expect(await content(ann, ids[0])).toBe(404)
  expect([await content(ben, ids[1]), await content(ann, ids[2])]).toEqual([200, 200])
  await ben?.call('DELETE', `/media/${ids[1]}`)
  await ann?.call('DELETE', `/media/${ids[2]}`)
  await removeDeleted()
  expect((await keys()).length).toBe(before)
  // The bytes may come again.
  expect(await content(ann, await idOf(ann, { bytes }))).toBe(200)
})

test('files of a user fit into the limit together, also when uploaded at once; deleted ones free their space', async () => {
  const dan = await world.someone('dan')
  const before = (await keys()).length
  const video = (name: string) => ({ bytes: Buffer.concat([mp4, Buffer.from(name), many(110)]) })
  const answers = await Promise.all(['1', '2', '3', '4'].map((name) => send(dan, video(name))))
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    201, 201, 413, 413,
  ])
  const full = answers.find(({ status }) => status === 413)?.body
  expect([full.code, full.errors[0].field]).toEqual(['no_space_left', 'file'])
  expect((await keys()).length).toBe(before + 2)
  const [kept] = answers.filter(({ status }) => status === 201)
  await dan.call('DELETE', `/media/${kept?.body.data.media[0].id}`)
  await removeDeleted()
  expect((await send(dan, video('5'))).status).toBe(201)
  // Bytes that another user has are stored already; the refused copy of them goes.
  const common = Buffer.concat([mp4, Buffer.from('common'), many(110)])
  await idOf(ben, { bytes: common })
  expect((await send(dan, { bytes: common })).status).toBe(413)
  expect((await keys()).length).toBe(before + 3)
  // A refused file takes the others of its request along.
  const several = await send(dan, { bytes: 'small' }, video('6'))
  expect(several.status).toBe(413)
  expect((await keys()).length).toBe(before + 3)
})

test('uploads wait while many pictures of the user are worked on', async () => {
  const zoe = await world.someone('zoe')
  const tens = (name: string) =>
    Array.from({ length: 10 }, (_, index) => ({ bytes: png(1, 1, `${name} ${index}`) }))
  for (const name of ['first', 'second']) expect((await send(zoe, ...tens(name))).status).toBe(201)
  await world.readModels.fold()
  const { status, body } = await send(zoe, { bytes: png(1, 1, 'one more') })
  expect([status, body.code, body.errors[0].field]).toEqual([429, 'media_processing', 'file'])
  expect((await send(ben, { bytes: png(1, 1, 'of another') })).status).toBe(201)
  await readyPictures(world)
  await world.readModels.fold()
  expect((await send(zoe, { bytes: png(1, 1, 'one more') })).status).toBe(201)
})

test('a repetition with its key has one effect', async () => {
  const files = [{ bytes: png(2, 2, 'once') }]
  const key = { 'idempotency-key': randomUUID() }
  const first = await uploadTo(api, ann!.token, files, key)
  const again = await uploadTo(api, ann!.token, files, key)
  expect(again.body.data).toEqual(first.body.data)
  const other = await uploadTo(api, ann!.token, [{ bytes: png(2, 2, 'something else') }], key)
  expect(other.status).toBe(422)
})

describe('the bytes of a file', () => {
  const bytes = png(5, 4, 'seen')
  let id: string
  let url: string
  beforeAll(async () => {
    const { body } = await send(ann, { name: 'me.png', bytes })
    ;({ id, url } = body.data.media[0])
    await readyPictures(world)
    await show(ann, id)
  })
  const open = (path: string, headers: Record<string, string> = {}) => fetch(path, { headers })
  const as = (person: Person | undefined) => ({ authorization: `Bearer ${person?.token}` })

  test('are sent to callers who may see them, whole and in parts', async () => {
    const whole = await open(`${api}/media/${id}/content`, as(ben))
    expect(whole.status).toBe(200)
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true)
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': `inline; filename="me.png"; filename*=UTF-8''me.png`,
      'x-content-type-options': 'nosniff',
    })
    const part = await open(`${api}/media/${id}/content`, { ...as(ben), range: 'bytes=1-3' })
    expect([part.status, await part.text()]).toEqual([206, 'PNG'])
    const beyond = await open(`${api}/media/${id}/content`, { ...as(ben), range: 'bytes=9999999-' })
    expect(beyond.status).toBe(416)
    const tag = whole.headers.get('etag') ?? ''
    const known = await open(`${api}/media/${id}/content`, { ...as(ben), 'if-none-match': tag })
    expect(known.status).toBe(304)
  })

  test('are sent by a signed URL without a token, until it expires', async () => {
    const answer = await open(url)
    expect([answer.status, answer.headers.get('cross-origin-resource-policy')]).toEqual([
      200,
      'cross-origin',
    ])
    expect((await open(url.replace(/expires=\d/, 'expires=9'))).status).toBe(403)
    expect((await open(`${url.slice(0, -2)}AA`)).status).toBe(403)
    expect((await open(url.replace(id, await idOf(ann, { bytes: 'other' })))).status).toBe(403)
    ahead = 61 * 60_000
    expect((await open(url)).status).toBe(403)
  })

  test('need a token or a signature', async () =>
    expect((await open(`${api}/media/${id}/content`)).status).toBe(401))

  test('of a document are saved, not shown', async () => {
    const text = await idOf(ann, { name: 'a.txt', bytes: 'plain' })
    const answer = await open(`${api}/media/${text}/content`, as(ann))
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  })
})

describe('files of another user', () => {
  const statusesFor = async (person: Person | undefined, id: string, owner: Person) =>
    Promise.all(
      [`/media/${id}`, `/media/${id}/content`, `/users/${owner.id}/media`].map(
        async (path) => (await person?.call('GET', path))?.status,
      ),
    )

  test('are seen as the profile of the user is', async () => {
    const pia = await world.someone('pia')
    const id = await show(pia, await idOf(pia, { bytes: png(1, 2, 'of pia') }))
    const privacy = (wish: string) => pia.call('PUT', '/users/me/settings', { privacy: wish })
    expect(await statusesFor(ben, id, pia)).toEqual([200, 200, 200])
    await privacy('private')
    expect(await statusesFor(ben, id, pia)).toEqual([404, 404, 404])
    expect(await statusesFor(pia, id, pia)).toEqual([200, 200, 200])
    expect(await statusesFor(admin, id, pia)).toEqual([200, 200, 200])
    await privacy('followers')
    expect(await statusesFor(ben, id, pia)).toEqual([404, 404, 404])
    await ben?.call('POST', `/users/${pia.id}/follow`)
    expect(await statusesFor(ben, id, pia)).toEqual([200, 200, 200])
  })

  test('are not seen where one blocks the other, nor when the user is suspended', async () => {
    const ken = await world.someone('ken')
    const id = await show(ken, await idOf(ken, { bytes: png(1, 2, 'of ken') }))
    const { url } = (await ken.call('GET', `/media/${id}`)).body.data
    await ken.call('POST', `/users/${ben?.id}/block`)
    expect(await statusesFor(ben, id, ken)).toEqual([404, 404, 404])
    expect(await statusesFor(ann, id, ken)).toEqual([200, 200, 200])
    await admin?.call('PATCH', `/admin/users/${ken.id}`, { suspended: true, reason: 'x' })
    expect(await statusesFor(ann, id, ken)).toEqual([404, 404, 404])
    expect((await fetch(url)).status).toBe(404)
  })

  test('are seen by nobody else before something refers to them, nor in the list', async () => {
    const sue = await world.someone('sue')
    const [hidden, shown] = [
      await idOf(sue, { bytes: 'hidden' }),
      await idOf(sue, { bytes: png(2, 1, 'shown') }),
    ]
    const listedFor = async (person: Person | undefined, query = '') => {
      await world.readModels.fold()
      const { media, total } = (await person?.call('GET', `/users/${sue.id}/media${query}`))?.body
        .data ?? { media: [] }
      return [total, ...media.map(({ id }: { id: string }) => id).toSorted()]
    }
    expect(await statusesFor(ben, hidden, sue)).toEqual([404, 404, 200])
    expect((await ben?.call('DELETE', `/media/${hidden}`))?.status).toBe(404)
    expect(await listedFor(ben)).toEqual([0])
    await show(sue, shown)
    expect(await statusesFor(ben, shown, sue)).toEqual([200, 200, 200])
    expect(await listedFor(ben)).toEqual([1, shown])
    expect(await listedFor(ben, '?kind=image&sort=-size')).toEqual([1, shown])
    expect(await listedFor(ben, '?kind=document')).toEqual([0])
    for (const person of [sue, admin])
      expect(await listedFor(person)).toEqual([2, ...[hidden, shown].toSorted()])
  })

  test('that were sent in a message are seen by its recipient alone, whose sender may be private', async () => {
    const tom = await world.someone('tom')
    const id = await idOf(tom, { bytes: png(1, 3, 'for ben') })
    const chat = await tom.call('POST', '/chat/conversations', { participantId: ben?.id })
    const messages = `/chat/conversations/${chat.body.data.id}/messages`
    const sent = await tom.call('POST', messages, { mediaIds: [id] })
    expect(sent.status, sent.text).toBe(201)
    await tom.call('PUT', '/users/me/settings', { privacy: 'private' })
    expect((await statusesFor(ben, id, tom)).slice(0, 2)).toEqual([200, 200])
    await tom.call('PUT', '/users/me/settings', { privacy: 'public' })
    expect(await statusesFor(ann, id, tom)).toEqual([404, 404, 200])
    await world.readModels.fold()
    expect((await ben?.call('GET', `/users/${tom.id}/media`))?.body.data.media).toEqual([])
    await tom.call('DELETE', `/chat/messages/${sent.body.data.id}`)
    await world.readModels.fold()
    expect(await statusesFor(ben, id, tom)).toEqual([404, 404, 200])
  })

  test('are deleted by their owner and admins only', async () => {
    const [one, two] = [await idOf(ann, { bytes: 'one' }), await idOf(ann, { bytes: 'two' })]
    expect((await ben?.call('DELETE', `/media/${one}`))?.status).toBe(404)
    await show(ann, one)
    expect((await ben?.call('DELETE', `/media/${one}`))?.status).toBe(403)
    expect((await ann?.call('DELETE', `/media/${one}`))?.status).toBe(200)
    expect((await ann?.call('DELETE', `/media/${one}`))?.status).toBe(200)
    expect((await admin?.call('DELETE', `/media/${two}`))?.status).toBe(200)
    for (const id of [one, two]) expect((await ann?.call('GET', `/media/${id}`))?.status).toBe(404)
    await world.readModels.fold()
    const { media } = (await ann!.call('GET', `/users/${ann?.id}/media`)).body.data
    expect(media.filter(({ id }: { id: string }) => id === one || id === two)).toEqual([])
    expect((await ann?.call('DELETE', `/media/${randomUUID()}`))?.status).toBe(404)
  })
})

test('the picture of a profile is an image of the user', async () => {
  const uma = await world.someone('uma')
  const set = async (avatarMediaId: string | null, by = uma) => {
    const { status, body } = await by.call('PATCH', `/users/${uma.id}`, { avatarMediaId })
    return [status, body.errors?.[0].field ?? body.data.avatarMediaId]
  }
  const picture = await idOf(uma, { bytes: png(1, 1, 'of uma') })
  expect(await set(picture)).toEqual([200, picture])
  expect(await set(randomUUID())).toEqual([404, 'avatarMediaId'])
  expect(await set(await idOf(ann, { bytes: png(1, 1, 'of ann') }))).toEqual([404, 'avatarMediaId'])
  expect(await set(await idOf(uma, { bytes: 'a text' }))).toEqual([400, 'avatarMediaId'])
  // A picture of the admin is none of the user.
  expect(await set(await idOf(admin, { bytes: png(1, 1) }), admin)).toEqual([404, 'avatarMediaId'])
  expect((await uma.call('GET', '/users/me')).body.data.avatarMediaId).toBe(picture)
  expect(await set(null)).toEqual([200, undefined])
  await uma.call('DELETE', `/media/${picture}`)
  expect(await set(picture)).toEqual([404, 'avatarMediaId'])
})

test('the files of a user who leaves are erased with their bytes; those of others stay', async () => {
  const gone = await world.someone('gone')
  // Releases the bytes of what earlier tests have deleted.
  await readyPictures(world)
  const before = await keys()
  const bytes = png(9, 9, 'of two')
  const others = await idOf(ben, { bytes })
  await idOf(gone, { bytes })
  await idOf(gone, { bytes: 'My address is 1 Main Street' })
  const deleted = await idOf(gone, { bytes: 'deleted before' })
  await gone.call('DELETE', `/media/${deleted}`)
  expect((await keys()).length).toBe(before.length + 3)
  const commandId = randomUUID()
  const erasing = {
    userId: asId(UserId, gone.id),
    hastened: false,
    origin: { commandId, actorId: 'test', correlationId: commandId },
  }
  expect(await erase(erasing, world.deps)).toEqual({ awaited: 0, counts: { media: 3 } })
  expect((await keys()).length).toBe(before.length + 1)
  expect((await ben?.call('GET', `/media/${others}/content`))?.status).toBe(200)
  expect(await erase(erasing, world.deps)).toEqual({ awaited: 0, counts: { media: 0 } })
  await world.readModels.fold()
  expect((await gone.call('GET', `/users/${gone.id}/media`)).body.data.total).toBe(0)
})

/** Status of a picture's bytes and of its thumbnail for visitors, when all references are recorded. */
const seenByVisitors = async (id: string): Promise<readonly number[]> => {
  await world.readModels.reach(mediaUses, 'head')
  const answers = [`/media/${id}/content`, `/media/${id}/thumbnail`].map((path) =>
    world.anyone('GET', path),
  )
  return (await Promise.all(answers)).map(({ status }) => status)
}

test('visitors see the picture of a product, as long as it is that', async () => {
  const picture = await idOf(admin, { bytes: png(40, 30, 'visitors') })
  const other = await idOf(admin, { bytes: png(40, 30, 'other') })
  const address = `${api}/media/${picture}/content`
  const lamp = { name: 'Lamp', category: 'light', price: { amount: 1, currency: 'EUR' } }
  expect(await seenByVisitors(picture)).toEqual([401, 401])
  const made = await admin!.call('POST', '/products', { ...lamp, image: address })
  expect(made.status, made.text).toBe(201)
  expect(await seenByVisitors(picture)).toEqual([200, 200])
  expect(await seenByVisitors(other)).toEqual([401, 401])
  expect((await admin!.call('PUT', `/products/${made.body.data.id}`, lamp)).status).toBe(200)
  expect(await seenByVisitors(picture)).toEqual([401, 401])
})

const basic = {
  name: 'Basic',
  description: 'One',
  price: { amount: 5_000, currency: 'EUR' },
  deliveryDays: 3,
  revisions: 1,
}
/** A gig, without its pictures. */
const aLogo = { title: 'A logo', description: 'Drawn', category: 'design', packages: [basic] }

test('visitors see the pictures of a gig while it is published', async () => {
  const seller = await world.someone('sam', 'seller')
  const [shown, dropped] = [
    await idOf(seller, { bytes: png(40, 30, 'shown') }),
    await idOf(seller, { bytes: png(40, 30, 'dropped') }),
  ]
  const mediaIds = [shown, dropped]
  const made = await seller.call('POST', '/gigs', { ...aLogo, mediaIds })
  expect(made.status, made.text).toBe(201)
  const gig = `/gigs/${made.body.data.id}`
  expect(await seenByVisitors(shown)).toEqual([401, 401])
  expect((await seller.call('POST', `${gig}/publish`)).status).toBe(200)
  expect(await seenByVisitors(shown)).toEqual([200, 200])
  expect((await seller.call('PATCH', gig, { mediaIds: [shown] })).status).toBe(200)
  expect(await seenByVisitors(dropped)).toEqual([401, 401])
  expect(await seenByVisitors(shown)).toEqual([200, 200])
  expect((await seller.call('POST', `${gig}/pause`)).status).toBe(200)
  expect(await seenByVisitors(shown)).toEqual([401, 401])
})

test('visitors see a picture of many gigs if one of the latest is published', async () => {
  const seller = await world.someone('sybil', 'seller')
  const picture = await idOf(seller, { bytes: png(40, 30, 'many') })
  const gigs: string[] = []
  for (let n = 0; n < 21; n++) {
    const made = await seller.call('POST', '/gigs', { ...aLogo, mediaIds: [picture] })
    expect(made.status, made.text).toBe(201)
    gigs.push(`/gigs/${made.body.data.id}`)
  }
  expect((await seller.call('POST', `${gigs[0]}/publish`)).status).toBe(200)
  expect(await seenByVisitors(picture)).toEqual([401, 401])
  expect((await seller.call('POST', `${gigs[1]}/publish`)).status).toBe(200)
  expect(await seenByVisitors(picture)).toEqual([200, 200])
})
