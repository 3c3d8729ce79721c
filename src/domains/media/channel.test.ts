import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId } from '#kernel/testing'
import { letIn, someUser, socketWorld } from '../../../test/support/sockets.ts'
import { MediaId } from '../shared/index.ts'
import { blobIdOf, media } from './language.ts'

const patient = { timeout: 120_000 }

type World = Awaited<ReturnType<typeof socketWorld>>
type Told = { readonly taskId: string; readonly progress?: number; readonly reason?: string }

const names = ['task:accepted', 'task:progress', 'task:done', 'task:failed'] as const

/** A connected user with the received messages, by name and task. */
const listener = async (world: World, user = someUser(), roles: readonly 'admin'[] = []) => {
  const socket = world.connect('/tasks', world.tokenOf(user, ...roles))
  const told: (readonly [string, Told])[] = []
  for (const name of names) socket.on(name, (message: Told) => void told.push([name, message]))
  await letIn(socket)
  return { user, socket, told }
}

const facts = { blobId: blobIdOf('bytes'), size: 1, checksum: 'abc', width: 1, height: 1 }
const send = (
  world: World,
  id: MediaId,
  command: Parameters<typeof world.execute<typeof media>>[2],
) => {
  const commandId = randomUUID()
  return world.execute(media, id, command, { commandId, actorId: 'test', correlationId: commandId })
}
const upload = async (world: World, userId: ReturnType<typeof someUser>) => {
  const id = newId(MediaId)
  const data = { userId, kind: 'image' as const, mime: 'image/png' as const, ...facts }
  await send(world, id, { type: 'UploadMedia', data })
  return id
}
const finish = {
  type: 'FinishPicture' as const,
  data: {
    ...facts,
    colour: '#808080',
    thumbnails: [{ box: 320 as const, width: 1, height: 1, size: 1 }],
  },
}
const reject = { type: 'RejectMedia' as const, data: { reason: 'unreadable' as const } }

test('the owner of a picture follows its cleaning to its end; nobody else does', async () => {
  await using world = await socketWorld()
  const [ann, eve] = [await listener(world), await listener(world)]
  const [good, bad] = [await upload(world, ann.user), await upload(world, ann.user)]
  await send(world, good, finish)
  await send(world, bad, reject)
  await expect.poll(() => ann.told.length, patient).toBe(5)
  const of = (id: MediaId) => ann.told.filter(([, { taskId }]) => taskId === id)
  expect(of(good)).toMatchObject([
    ['task:accepted', { kind: 'media', position: expect.stringMatching(/^\d+$/) }],
    ['task:progress', { progress: 50 }],
    ['task:done', {}],
  ])
  expect(of(bad)).toMatchObject([
    ['task:accepted', {}],
    ['task:failed', { reason: 'unreadable' }],
  ])
  // A picture of Eve's own comes after all that she might have been told.
  await upload(world, eve.user)
  await expect.poll(() => eve.told.length, patient).toBe(1)
})

test('a task is subscribed to by its owner and admins; to others, there is none', async () => {
  await using world = await socketWorld()
  const ann = await listener(world)
  const eve = await listener(world)
  const root = await listener(world, someUser(), ['admin'])
  const taskId = await upload(world, ann.user)
  const subscribe = (by: typeof ann) => by.socket.emitWithAck('task:subscribe', { taskId })
  await expect.poll(() => subscribe(ann), patient).toMatchObject({ ok: true, status: 'PROCESSING' })
  expect(await subscribe(root)).toMatchObject({ ok: true })
  expect(await subscribe(eve)).toMatchObject({ ok: false, code: 'no_such_task' })
  const missing = await eve.socket.emitWithAck('task:subscribe', { taskId: randomUUID() })
  expect(missing).toEqual(await subscribe(eve))
  await send(world, taskId, reject)
  for (const one of [ann, root])
    await expect.poll(() => one.told.at(-1)?.[0], patient).toBe('task:failed')
  expect(await subscribe(ann)).toMatchObject({ status: 'REJECTED', reason: 'unreadable' })
  expect(await ann.socket.emitWithAck('task:unsubscribe', { taskId })).toEqual({ ok: true })
  expect(eve.told).toEqual([])
})
