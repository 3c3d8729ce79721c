import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asId } from '#kernel'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { ownFile } from '../../../../test/support/own-file.ts'
import { unchangedPictures } from '../../../../test/support/ready-pictures.ts'
import { png } from '../../../../test/support/files.ts'
import { uploadTo } from '../../../../test/support/upload.ts'
import { boundJob } from '../../../serving/job.ts'
import { MediaId } from '../../shared/index.ts'
import { deleteMediaWithOwner } from '../jobs/delete-with-owner.ts'
import { sweepMedia } from '../jobs/sweep-media.ts'
import { media } from '../language.ts'
import { deleteUnused } from './unused.ts'

const hour = 60 * 60_000
const unusedFor = 24 * hour
let ahead = 0
type Person = Awaited<ReturnType<HttpWorld['someone']>>
let world: HttpWorld
let ann: Person
beforeAll(async () => {
  world = await httpWorld({ clock: () => new Date(Date.now() + ahead) })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  ann = await world.someone('ann', 'seller')
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(() => {
  ahead = 0
})

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}
const sweep = (isDryRun = false) =>
  deleteUnused(world.deps, { unusedFor, origin: origin(), isDryRun })
const statusOf = async (id: MediaId) => (await world.deps.executor.stateOf(media, id)).state.status
const post = async (...mediaIds: readonly string[]): Promise<string> => {
  const { status, body, text } = await ann.call('POST', '/posts', { content: 'x', mediaIds })
  expect(status, text).toBe(201)
  return body.data.id
}
/** Runs the job that deletes files with their owner. */
const deleteWithOwner = async (ports: Parameters<typeof jobPorts>[1] = {}) => {
  const { dataOf, run } = boundJob(deleteMediaWithOwner, jobPorts(world, ports))
  const { events } = await world.log.readAll({ after: 0n, limit: 100_000 })
  for (const event of events.filter(({ type }) => deleteMediaWithOwner.reads.includes(type))) {
    const data = dataOf(event)
    if (data) await run(data, origin())
  }
}
const package_ = {
  name: 'Basic',
  description: 'One',
  price: { amount: 5_000, currency: 'EUR' },
  deliveryDays: 3,
  revisions: 1,
}
const gigOf = async (mediaIds: readonly string[]) => {
  const details = {
    title: 'A logo',
    description: 'Drawn',
    category: 'design',
    packages: [package_],
  }
  return (await ann.call('POST', '/gigs', { ...details, mediaIds })).body.data.id
}

test('a file that nothing refers to is deleted after a day, not before', async () => {
  const [unused, used] = [await ownFile(world, ann.id), await ownFile(world, ann.id)]
  await post(used)
  ahead = 23 * hour
  expect(await sweep()).toBe(0)
  ahead = 25 * hour
  expect(await sweep(true)).toBe(1)
  expect(await statusOf(unused)).toBe('ready')
  expect(await sweep()).toBe(1)
  expect([await statusOf(unused), await statusOf(used)]).toEqual(['deleted', 'ready'])
  expect(await sweep()).toBe(0)
})

test('posts, gigs, messages and profiles refer to files; the day begins when the last one no longer does', async () => {
  const files = await Promise.all(Array.from({ length: 5 }, () => ownFile(world, ann.id)))
  const [inPost, inGig, inMessage, onProfile, inTwo] = files as [
    MediaId,
    MediaId,
    MediaId,
    MediaId,
    MediaId,
  ]
  const posted = await post(inPost, inTwo)
  const gig = await gigOf([inGig, inTwo])
  const ben = await world.someone('ben')
  const chat = await ann.call('POST', '/chat/conversations', { participantId: ben.id })
  const messages = `/chat/conversations/${chat.body.data.id}/messages`
  expect((await ann.call('POST', messages, { mediaIds: [inMessage] })).status).toBe(201)
  await ann.call('PATCH', `/users/${ann.id}`, { avatarMediaId: onProfile })
  ahead = 25 * hour
  expect(await sweep()).toBe(0)

  ahead = 0
  const other = await ownFile(world, ann.id)
  await ann.call('PATCH', `/posts/${posted}`, { mediaIds: [inTwo] })
  await ann.call('PATCH', `/gigs/${gig}`, { mediaIds: [other] })
  await ann.call('PATCH', `/users/${ann.id}`, { avatarMediaId: null })
  ahead = 23 * hour
  expect(await sweep()).toBe(0)
  ahead = 25 * hour
  expect(await sweep()).toBe(3)
  expect(await Promise.all(files.map(statusOf))).toEqual([
    'deleted',
    'deleted',
    'ready',
    'deleted',
    'ready',
  ])
})

test('deleted posts, gigs and messages take their files along, except those that something else refers to', async () => {
  const files = await Promise.all(Array.from({ length: 4 }, () => ownFile(world, ann.id)))
  const [inPost, inGig, inMessage, inTwo] = files as [MediaId, MediaId, MediaId, MediaId]
  const posted = await post(inPost, inTwo)
  const gig = await gigOf([inGig, inTwo])
  const eve = await world.someone('eve')
  const chat = await ann.call('POST', '/chat/conversations', { participantId: eve.id })
  const messages = `/chat/conversations/${chat.body.data.id}/messages`
  const sent = await ann.call('POST', messages, { mediaIds: [inMessage] })
  await ann.call('DELETE', `/posts/${posted}`)
  await ann.call('DELETE', `/chat/messages/${sent.body.data.id}`)
  await deleteWithOwner()
  const statuses = () => Promise.all(files.map(statusOf))
  expect(await statuses()).toEqual(['deleted', 'ready', 'deleted', 'ready'])
  await ann.call('DELETE', `/gigs/${gig}`)
  await deleteWithOwner()
  await deleteWithOwner()
  expect(await statuses()).toEqual(['deleted', 'deleted', 'deleted', 'deleted'])
})

test('the picture of a product is an image of the admin who chooses it, and stays', async () => {
  const root = await world.someone('root', 'admin')
  const other = await world.someone('admin-too', 'admin')
  const picture = await ownFile(world, root.id)
  const { url } = (await root.call('GET', `/media/${picture}`)).body.data
  const lamp = {
    name: 'Lamp',
    category: 'light',
    price: { amount: 1, currency: 'EUR' },
    image: url.split('?')[0],
  }
  const faultOf = async (by: Person, image: string) => {
    const { status, body } = await by.call('POST', '/products', { ...lamp, image })
    return [status, body.errors?.[0].field]
  }
  expect(await faultOf(other, lamp.image)).toEqual([404, 'image'])
  const text = await ownFile(world, root.id, 'document')
  expect(await faultOf(root, lamp.image.replace(picture, text))).toEqual([400, 'image'])
  expect(await faultOf(other, 'https://example.com/lamp.jpg')).toEqual([201, undefined])
  const { status, body } = await root.call('POST', '/products', lamp)
  expect(status).toBe(201)
  // Another admin changes the product without its picture.
  const changed = await other.call('PUT', `/products/${body.data.id}`, {
    ...lamp,
    name: 'Desk lamp',
  })
  expect(changed.status, changed.text).toBe(200)
  ahead = 25 * hour
  await sweep()
  expect([await statusOf(picture), await statusOf(text)]).toEqual(['ready', 'deleted'])
})

test('a file that is used again after its post is deleted stays, also where references are counted late', async () => {
  const file = await ownFile(world, ann.id)
  await ann.call('DELETE', `/posts/${await post(file)}`)
  const deletedAt = await world.log.head()
  await post(file)
  const { readModels, log } = world.deps
  const late: Pick<typeof readModels, 'get'> = {
    get: async (model, id, minPosition = 0n) =>
      minPosition > deletedAt ? readModels.get(model, id, minPosition) : usesAtDeletion(model, id),
  }
  const usesAtDeletion: typeof readModels.get = async (model, id) => {
    const found = await readModels.get(model, id, await log.head())
    return { ...found, document: found.document && { ...found.document, uses: 0 } }
  }
  await deleteWithOwner({ readModels: { ...readModels, ...late } })
  expect(await statusOf(file)).toBe('ready')
})

test('an edit leaves a file for a day', async () => {
  const file = await ownFile(world, ann.id)
  const posted = await post(file)
  await ann.call('PATCH', `/posts/${posted}`, { mediaIds: [] })
  await deleteWithOwner()
  expect(await statusOf(file)).toBe('ready')
})

describe('the hourly sweep', () => {
  test('cleans pictures that the job has given up', async () => {
    const api = `${world.app.listeningOrigin}/api/v1`
    const { body } = await uploadTo(api, ann.token, [{ bytes: png(3, 3) }])
    const id = asId(MediaId, body.data.media[0].id)
    await world.readModels.fold()
    const ports = jobPorts(world, { pictures: unchangedPictures })
    ahead = hour
    await sweepMedia.run(ports)
    expect(await statusOf(id)).toBe('processing')
    ahead = 3 * hour
    await sweepMedia.run(ports)
    expect(await statusOf(id)).toBe('ready')
  })
})
