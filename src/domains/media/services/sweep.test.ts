import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asId, derivedId } from '#kernel'
import { png } from '../../../../test/support/files.ts'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { readyPictures } from '../../../../test/support/ready-pictures.ts'
import { uploadTo } from '../../../../test/support/upload.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import { blob, blobIdOf, mediaSpace } from '../language.ts'
import { keyOf, removeBytes, thumbnailKeyOf } from './remove-bytes.ts'
import { sweepBlobs } from './sweep.ts'

const day = 24 * 60 * 60_000
let ahead = 0
type Person = Awaited<ReturnType<HttpWorld['someone']>>
let world: HttpWorld
let ann: Person
let admin: Person
let kept: string
beforeAll(async () => {
  world = await httpWorld({ clock: () => new Date(Date.now() + ahead) })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  ;[ann, admin] = [await world.someone('ann'), await world.someone('root', 'admin')]
  const api = `${world.app.listeningOrigin}/api/v1`
  kept = (await uploadTo(api, ann.token, [{ bytes: png(1, 1) }])).body.data.media[0].id
  await readyPictures(world)
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}
const bytes = async function* () {
  yield Buffer.from('left')
}
const store = async (key: string) => {
  await using staged = await world.deps.blobs.stage(bytes())
  await staged.commit(key)
}
/** What a crash leaves of an upload after its bytes and some of its commands. */
const interrupted = async (steps: 'bytes' | 'held' | 'taken', name: string) => {
  const { executor } = world.deps
  const [mediaId, blobId] = [derivedId(MediaId, name), blobIdOf(name)]
  const userId = asId(UserId, ann.id)
  await store(keyOf(blobId, mediaId))
  if (steps === 'bytes') return mediaId
  const hold = { type: 'HoldBlob' as const, data: { mediaId, userId } }
  await executor.execute(blob, blobId, hold, origin())
  if (steps === 'held') return mediaId
  const take = { type: 'TakeSpace' as const, data: { mediaId, size: 4, limit: 1_000_000 } }
  await executor.execute(mediaSpace, userId, take, origin())
  return mediaId
}
const keys = async () => {
  const found: string[] = []
  for await (const { key } of world.deps.blobs.list()) found.push(key)
  return found.filter((key) => !/\.t\d+$/.test(key))
}
const sweep = async (isDryRun: boolean) => {
  const { blobs, bytes: size } = await sweepBlobs(world.deps, { origin: origin(), isDryRun })
  return [blobs, size]
}

test('bytes that a crash has left are removed after a day, and their space is freed; others stay', async () => {
  const before = await keys()
  const used = async () =>
    (await world.deps.executor.stateOf(mediaSpace, asId(UserId, ann.id))).state.used
  const usedBefore = await used()
  await interrupted('bytes', 'one')
  await interrupted('held', 'two')
  await interrupted('taken', 'three')
  // A second copy of bytes that are held elsewhere, and a file of another program.
  const [first = ''] = before
  await store(`${first.slice(0, 36)}.${derivedId(MediaId, 'copy')}`)
  await store('foreign')
  // A crash while a picture was cleaned.
  await store(thumbnailKeyOf(keyOf(blobIdOf('cleaned'), derivedId(MediaId, 'cleaned')), 320))
  expect(await sweep(false)).toEqual([0, 0])

  ahead = day + 60_000
  const recent = derivedId(MediaId, 'recent')
  await store(keyOf(blobIdOf('recent'), recent))
  expect(await sweep(true)).toEqual([5, 20])
  expect((await keys()).length).toBe(before.length + 6)
  expect(await used()).toBe(usedBefore + 4)

  expect(await sweep(false)).toEqual([5, 20])
  expect(new Set(await keys())).toEqual(
    new Set([...before, 'foreign', keyOf(blobIdOf('recent'), recent)]),
  )
  expect(await used()).toBe(usedBefore)
  ahead = 0
  expect((await ann.call('GET', `/media/${kept}/content`)).status).toBe(200)
})

test('the space of bytes whose removal a crash has interrupted is freed', async () => {
  ahead = 0
  const { executor } = world.deps
  const used = async () => (await executor.stateOf(mediaSpace, asId(UserId, ann.id))).state.used
  const before = await used()
  for (const survived of [0, 1]) {
    ahead = 0
    const name = `interrupted ${survived}`
    const mediaId = await interrupted('taken', name)
    let count = 0
    const execute: typeof executor.execute = (decider, ...rest) => {
      count += 1
      return count > survived
        ? Promise.reject(new Error('died'))
        : executor.execute(decider, ...rest)
    }
    const file = { mediaId, userId: asId(UserId, ann.id), blobId: blobIdOf(name) }
    const ports = { ...world.deps, executor: { ...executor, execute } }
    await expect(removeBytes(ports, file, origin())).rejects.toThrow('died')
    ahead = day + 60_000
    await sweep(false)
    expect(await used()).toBe(before)
    expect(await keys()).not.toContain(keyOf(blobIdOf(name), mediaId))
  }
})

test('bytes that an upload of now holds are not removed, however old they are', async () => {
  ahead = 0
  await interrupted('bytes', 'old')
  ahead = 2 * day
  const hold = {
    type: 'HoldBlob' as const,
    data: { mediaId: derivedId(MediaId, 'old'), userId: asId(UserId, ann.id) },
  }
  await world.deps.executor.execute(blob, blobIdOf('old'), hold, origin())
  await sweep(false)
  expect(await keys()).toContain(keyOf(blobIdOf('old'), derivedId(MediaId, 'old')))
})

test('only admins sweep', async () => {
  ahead = 0
  expect((await ann.call('POST', '/admin/media/sweep', {})).status).toBe(403)
  const { status, body } = await admin.call('POST', '/admin/media/sweep', { dryRun: true })
  expect([status, body.data]).toEqual([200, { files: 0, blobs: 0, bytes: 0, dryRun: true }])
})
