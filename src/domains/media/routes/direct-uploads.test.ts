import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asId, derivedId } from '#kernel'
import { mp4, png, zip } from '../../../../test/support/files.ts'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { uploadTo } from '../../../../test/support/upload.ts'
import { defaultMediaSettings } from '../../../edges/http/dependencies.ts'
import { memoryBlobs } from '../../../platform/storage/blobs/memory.ts'
import type { Blobs, DirectUploads } from '../../../platform/storage/blobs/port.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import { erase } from '../erase.ts'
import { directUpload, media, mediaSpace } from '../language.ts'
import { completeDirectUpload, startDirectUpload } from '../services/direct-uploads.ts'
import { sweepDirectUploads } from '../services/sweep-direct-uploads.ts'

const kib = 1_024
const hour = 60 * 60_000

type Person = Awaited<ReturnType<HttpWorld['someone']>>
let ahead = 0
const now = () => new Date(Date.now() + ahead)
const stored = memoryBlobs(now)
let arrived: DirectUploads['arrived'] | undefined
let isDirect = true
const direct: DirectUploads = {
  ...stored.direct!,
  arrived: (id) => (arrived ?? stored.direct!.arrived)(id),
}
// As an object whose part may be missing.
const blobs: Blobs = Object.defineProperty({ ...stored }, 'direct', {
  get: () => (isDirect ? direct : undefined),
})

let world: HttpWorld
let ann: Person
let ben: Person
beforeAll(async () => {
  world = await httpWorld({
    blobs,
    clock: now,
    config: {
      media: {
        ...defaultMediaSettings,
        caps: { image: 64 * kib, video: 128 * kib, document: 32 * kib },
        perPerson: 150 * kib,
      },
    },
  })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  ;[ann, ben] = [await world.someone('ann'), await world.someone('ben')]
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(() => {
  ;[ahead, arrived, isDirect] = [0, undefined, true]
})

const video = (size = 100) => Buffer.concat([mp4, Buffer.alloc(size - mp4.length, randomUUID())])
const begin = async (person: Person, bytes: Buffer, more: object = {}) =>
  (
    await person.call('POST', '/media/uploads', {
      name: 'film.mp4',
      size: bytes.length,
      mime: 'video/mp4',
      ...more,
    })
  ).body.data
const complete = (person: Person, id: string) =>
  person.call('POST', `/media/uploads/${id}/complete`, {})
const usedBy = async ({ id }: Person) =>
  (await world.deps.executor.stateOf(mediaSpace, asId(UserId, id))).state.used
const stateOf = async (id: string) =>
  (await world.deps.executor.stateOf(directUpload, asId(MediaId, id))).state.status
const keys = async () => (await Array.fromAsync(stored.list())).map(({ key }) => key)
const arrivals = async () => (await Array.fromAsync(direct.list())).map(({ key }) => key)
const sweep = async () => {
  const commandId = randomUUID()
  const origin = { commandId, actorId: 'test', correlationId: commandId }
  await sweepDirectUploads({ ...world.deps, blobs: { direct } }, origin)
}

test('a file that was sent to the store is one once its upload is complete', async () => {
  const bytes = video()
  const before = await usedBy(ann)
  const begun = await begin(ann, bytes)
  expect(begun).toMatchObject({ method: 'PUT', headers: { 'content-type': 'video/mp4' } })
  expect(Date.parse(begun.expiresAt)).toBeGreaterThan(Date.now())
  expect(await usedBy(ann), 'its space is taken').toBe(before + 100)
  expect((await ann.call('GET', `/media/${begun.id}`)).status).toBe(404)
  expect((await complete(ann, begun.id)).body).toMatchObject({ status: 409, code: 'not_arrived' })

  expect(await stored.send(begun, bytes)).toBe(200)
  const { status, body } = await complete(ann, begun.id)
  expect([status, body.data]).toEqual([
    201,
    expect.objectContaining({ id: begun.id, kind: 'video', size: 100, name: 'film.mp4' }),
  ])
  expect(await usedBy(ann)).toBe(before + 100)
  expect(await arrivals()).toEqual([])
  const content = await fetch(body.data.url)
  expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true)

  const again = await complete(ann, begun.id)
  expect([again.status, again.body.data.id]).toEqual([201, begun.id])
  // The same bytes through Agora are stored once.
  const count = (await keys()).length
  const api = `${world.app.listeningOrigin}/api/v1`
  expect((await uploadTo(api, ben.token, [{ bytes }])).status).toBe(201)
  expect((await keys()).length).toBe(count)
  await ann.call('DELETE', `/media/${begun.id}`)
  expect((await complete(ann, begun.id)).status).toBe(404)
})

test('nobody else completes an upload, nor learns that there is one', async () => {
  const bytes = video()
  const begun = await begin(ann, bytes)
  await stored.send(begun, bytes)
  expect((await complete(ben, begun.id)).status).toBe(404)
  expect((await complete(ben, randomUUID())).status).toBe(404)
  expect((await complete(ann, begun.id)).status).toBe(201)
})

describe('is refused', () => {
  test.each([
    ['a video that is too large', { size: 128 * kib + 1 }, 413, 'too_large', 'size'],
    ['more than the space that is left', { size: 128 * kib }, 413, 'no_space_left', 'size'],
    ['a type that is not accepted', { mime: 'application/zip' }, 400, 'invalid_request', 'mime'],
    ['an empty file', { size: 0 }, 400, 'invalid_request', 'size'],
  ])('%s', async (_, more, status, code, field) => {
    const dan = await world.someone(`dan${randomUUID().slice(0, 8)}`)
    await begin(dan, video(30 * kib))
    const wish = { size: 100, mime: 'video/mp4', ...more }
    const { body } = await dan.call('POST', '/media/uploads', wish)
    expect([body.status, body.code, body.errors[0].field]).toEqual([status, code, field])
    expect(await usedBy(dan)).toBe(30 * kib)
  })

  test.each([
    ['bytes of another type', png(3, 3), 'video/mp4', 415],
    ['bytes of no type', zip, 'video/mp4', 415],
    ['a bomb', png(50_000, 50_000), 'image/png', 413],
  ])('%s, and its bytes go', async (_, bytes, mime, status) => {
    const before = [await usedBy(ann), await keys()]
    const begun = await begin(ann, bytes, { mime })
    expect(await stored.send(begun, bytes)).toBe(200)
    const { body } = await complete(ann, begun.id)
    expect([body.status, body.errors[0].field]).toEqual([status, 'file'])
    expect(await arrivals()).toEqual([])
    // The request of the answer takes bytes still.
    expect([await usedBy(ann), await keys()]).toEqual([Number(before[0]) + bytes.length, before[1]])
    expect((await complete(ann, begun.id)).body.code).toBe('not_arrived')
    await world.readModels.fold()
    ahead = 2.1 * hour
    await sweep()
    ahead = 0
    expect([await usedBy(ann), await keys()]).toEqual(before)
    expect((await complete(ann, begun.id)).status).toBe(404)
  })

  test('everything, where the store takes no bytes from clients', async () => {
    isDirect = false
    const wish = { size: 100, mime: 'video/mp4' }
    const { body } = await ann.call('POST', '/media/uploads', wish)
    expect(body).toMatchObject({ status: 409, code: 'no_direct_uploads' })
    expect(body.detail).toContain('POST /media/upload')
  })
})

test('bytes that are replaced while they are checked are not taken', async () => {
  const [first, other] = [video(), video()]
  const begun = await begin(ann, first)
  await stored.send(begun, first)
  arrived = async (id) => {
    const found = await stored.direct!.arrived(id)
    await stored.send(begun, other)
    return found
  }
  expect((await complete(ann, begun.id)).body).toMatchObject({ code: 'changed_meanwhile' })
  arrived = undefined
  const { body } = await complete(ann, begun.id)
  const content = await fetch(body.data.url)
  expect(Buffer.from(await content.arrayBuffer()).equals(other)).toBe(true)
})

test('an upload that another request completes meanwhile is answered as completed', async () => {
  const bytes = video()
  const begun = await begin(ann, bytes)
  await stored.send(begun, bytes)
  arrived = async (id) => {
    arrived = undefined
    const found = await stored.direct!.arrived(id)
    expect((await complete(ann, id)).status).toBe(201)
    return found
  }
  const { status, body } = await complete(ann, begun.id)
  expect([status, body.data.id]).toEqual([201, begun.id])
})

test('a store that is away leaves an upload to be completed later', async () => {
  const bytes = video()
  const begun = await begin(ann, bytes)
  await stored.send(begun, bytes)
  arrived = async () => {
    throw new Unavailable('away')
  }
  const { status, headers } = await complete(ann, begun.id)
  expect([status, headers['retry-after']]).toEqual([503, expect.anything()])
  arrived = undefined
  expect((await complete(ann, begun.id)).status).toBe(201)
})

test('an upload that is not completed is given up, and its space is free again', async () => {
  const eve = await world.someone('eve')
  const [sent, unsent] = [await begin(eve, video()), await begin(eve, video())]
  await stored.send(sent, video())
  await world.readModels.fold()
  ahead = 1.9 * hour
  await sweep()
  expect(await usedBy(eve)).toBe(200)
  ahead = 2.1 * hour
  const commandId = randomUUID()
  const origin = { commandId, actorId: eve.id, correlationId: commandId }
  // The token of the user has expired by then.
  const late = completeDirectUpload(world.deps, sent.id, { id: asId(UserId, eve.id) }, origin)
  await expect(late).rejects.toMatchObject({ statusCode: 404 })
  await sweep()
  expect(await usedBy(eve)).toBe(0)
  expect(await arrivals()).not.toContain(sent.id)
  expect([await stateOf(sent.id), await stateOf(unsent.id)]).toEqual(['abandoned', 'abandoned'])
  ahead = 0
  expect((await complete(eve, sent.id)).status).toBe(404)
  // Sent before the end, and arrived after the upload was given up.
  await stored.send(sent, video())
  await sweep()
  expect(await arrivals()).not.toContain(sent.id)
})

test('bytes that arrived for no upload are removed after a day', async () => {
  const id = randomUUID()
  const upload = { id, size: 100, type: 'video/mp4', lifetime: hour }
  await stored.send((await stored.direct!.offer(upload))!, video())
  ahead = 23 * hour
  await sweep()
  expect(await arrivals()).toContain(id)
  ahead = 25 * hour
  await sweep()
  expect(await arrivals()).not.toContain(id)
})

/** Ports whose commands fail from the second on, as those of a process that dies. */
const dyingPorts = () => {
  const { executor } = world.deps
  let count = 0
  const execute: typeof executor.execute = (decider, ...rest) => {
    count += 1
    return count > 1 ? Promise.reject(new Error('died')) : executor.execute(decider, ...rest)
  }
  return { ...world.deps, executor: { ...executor, execute } }
}

test('an upload that a crash has begun in part takes no space for ever', async () => {
  const gus = await world.someone('gus')
  const commandId = randomUUID()
  const origin = { commandId, actorId: gus.id, correlationId: commandId }
  const caller = { id: asId(UserId, gus.id) }
  const wish = { size: 100, mime: 'video/mp4' as const }
  await expect(startDirectUpload(dyingPorts(), wish, caller, origin)).rejects.toThrow('died')
  await world.readModels.fold()
  ahead = 2.1 * hour
  await sweep()
  expect(await usedBy(gus)).toBe(0)
  expect(await stateOf(derivedId(MediaId, commandId, 'direct-upload'))).toBe('abandoned')
})

test('an upload that finds no space is given up at once, for good', async () => {
  const hal = await world.someone('hal')
  await begin(hal, video(100 * kib))
  const commandId = randomUUID()
  const origin = { commandId, actorId: hal.id, correlationId: commandId }
  const start = () =>
    startDirectUpload(
      world.deps,
      { size: 100 * kib, mime: 'video/mp4' },
      { id: asId(UserId, hal.id) },
      origin,
    )
  await expect(start()).rejects.toMatchObject({ statusCode: 413 })
  expect(await stateOf(derivedId(MediaId, commandId, 'direct-upload'))).toBe('abandoned')
  await expect(start()).rejects.toMatchObject({ statusCode: 409, code: 'upload_ended' })
  expect(await usedBy(hal)).toBe(100 * kib)
})

test('the uploads of a user who leaves are given up', async () => {
  const gone = await world.someone('gone')
  const bytes = video()
  const begun = await begin(gone, bytes)
  await stored.send(begun, bytes)
  const commandId = randomUUID()
  const origin = { commandId, actorId: 'test', correlationId: commandId }
  await erase({ userId: asId(UserId, gone.id), hastened: false, origin }, world.deps)
  expect(await arrivals()).not.toContain(begun.id)
  expect(await usedBy(gone)).toBe(0)
  expect(await stateOf(begun.id)).toBe('abandoned')
})

/** Completes an upload by a process that dies once the file is recorded. */
const completeAndDie = async ({ id }: Person, mediaId: string) => {
  const { executor } = world.deps
  const execute: typeof executor.execute = (decider, ...rest) =>
    decider.name === directUpload.name
      ? Promise.reject(new Error('died'))
      : executor.execute(decider, ...rest)
  const ports = { ...world.deps, executor: { ...executor, execute } }
  const commandId = randomUUID()
  const origin = { commandId, actorId: id, correlationId: commandId }
  const caller = { id: asId(UserId, id) }
  await expect(completeDirectUpload(ports, asId(MediaId, mediaId), caller, origin)).rejects.toThrow(
    'died',
  )
  await world.readModels.fold()
}

test('a file whose upload was not ended by a crash keeps its space, and goes with its owner', async () => {
  const fay = await world.someone('fay')
  const [first, second] = [await begin(fay, video()), await begin(fay, video())]
  for (const begun of [first, second]) {
    await stored.send(begun, video())
    await completeAndDie(fay, begun.id)
  }
  ahead = 2.1 * hour
  await sweep()
  expect(await usedBy(fay)).toBe(200)
  expect(await stateOf(first.id)).toBe('completed')
  // As an earlier version has left it.
  const commandId = randomUUID()
  const origin = { commandId, actorId: 'test', correlationId: commandId }
  const free = { type: 'FreeSpace' as const, data: { mediaId: asId(MediaId, second.id) } }
  await world.deps.executor.execute(mediaSpace, asId(UserId, fay.id), free, origin)
  const erased = await erase(
    {
      userId: asId(UserId, fay.id),
      hastened: false,
      origin: { ...origin, commandId: randomUUID() },
    },
    world.deps,
  )
  expect(erased.counts).toEqual({ media: 2 })
  expect(await usedBy(fay)).toBe(0)
  const { state } = await world.deps.executor.stateOf(media, asId(MediaId, second.id))
  expect(state.status).toBe('deleted')
})

test('bytes of another type than the announced one are not read to their end', async () => {
  const begun = await begin(ann, png(3, 3))
  await stored.send(begun, png(3, 3))
  let count = 0
  arrived = async (id) => {
    const found = await stored.direct!.arrived(id)
    const open = async () =>
      (async function* () {
        for await (const piece of await found!.open()) {
          yield Buffer.concat([piece, Buffer.alloc(8 * kib)])
          count += 1
        }
      })()
    return found && { ...found, open }
  }
  expect((await complete(ann, begun.id)).status).toBe(415)
  expect(count).toBe(0)
})

test('operators have them given up at once, or none by a dry run', async () => {
  const eli = await world.someone('eli')
  const { id } = await begin(eli, video())
  await world.readModels.fold()
  ahead = 2.1 * hour
  const root = await world.someone('root', 'admin')
  expect((await root.call('POST', '/admin/media/sweep', { dryRun: true })).status).toBe(200)
  expect(await stateOf(id)).toBe('pending')
  await world.readModels.fold()
  expect((await root.call('POST', '/admin/media/sweep', {})).status).toBe(200)
  expect(await stateOf(id)).toBe('abandoned')
})
