import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { letIn, messagesOf, someUser } from '../../../test/support/sockets.ts'
import { memoryProcessBus } from '../../platform/messaging/process-bus/memory.ts'
import { userRoom } from '../../serving/topic.ts'
import type { AdmittingNamespace } from './admission.ts'
import { followPresence, type PresenceOf } from './presence.ts'

const patient = { timeout: 120_000 }
const room = 'talk'

let parts: AsyncDisposableStack
let presence: PresenceOf
let namespace: AdmittingNamespace
let url: string
/** Users whose sockets are let go as they connect, before anybody listens to them. */
let unwanted: ReadonlySet<string>
beforeEach(async () => {
  parts = new AsyncDisposableStack()
  unwanted = new Set()
  const server = createServer()
  const sockets = parts.adopt(new Server(server), (it) => it.close())
  namespace = sockets.of('/')
  const bus = parts.adopt(await memoryProcessBus().open(), (it) => it.close())
  const stop = new AbortController()
  parts.defer(() => stop.abort())
  presence = followPresence(namespace, 'presence', bus, stop.signal)
  namespace.on('connection', (socket) => {
    const { id } = socket.handshake.auth as { id: string }
    socket.data.caller = { id } as never
    void socket.join(userRoom(id))
    if (unwanted.has(id)) socket.disconnect()
    presence.connected(socket)
    socket.on('watch', async (userId: string, done: () => void) => {
      await socket.join(room)
      await presence.watch(socket, room, async () => userId)
      done()
    })
    socket.on('leave', async (done: () => void) => {
      await socket.leave(room)
      done()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return () => parts.disposeAsync()
})
afterEach(() => parts.disposeAsync())

const connect = async (id: string): Promise<Socket> => {
  const socket = io(url, { auth: { id }, forceNew: true, reconnection: false })
  parts.defer(() => void socket.disconnect())
  await letIn(socket)
  return socket
}

test('a socket that is refused on connection leaves nobody online', async () => {
  const [ann, ben] = [someUser(), someUser()]
  unwanted = new Set([ben])
  const watcher = await connect(ann)
  const seen = messagesOf(watcher, 'presence')
  const refused = await connect(ben)
  await expect.poll(() => refused.connected, patient).toBe(false)
  await watcher.emitWithAck('watch', ben)
  expect(seen).toEqual([{ userId: ben, online: false }])
})

test('nothing is kept for sockets that have left or disconnected', async () => {
  const [ann, ben, carl] = [someUser(), someUser(), someUser()]
  const [one, other] = [await connect(ann), await connect(carl)]
  await one.emitWithAck('watch', ben)
  await other.emitWithAck('watch', ben)
  expect(presence.watchedUsers()).toBe(1)
  await one.emitWithAck('leave')
  expect(presence.watchedUsers()).toBe(1)
  other.disconnect()
  // Nothing has changed for the watched user.
  await expect.poll(() => presence.watchedUsers(), patient).toBe(0)
})

test('a socket is told of a user while it is in the room', async () => {
  const [ann, ben] = [someUser(), someUser()]
  const watcher = await connect(ann)
  const seen = messagesOf(watcher, 'presence')
  await watcher.emitWithAck('watch', ben)
  const first = await connect(ben)
  await expect.poll(() => seen, patient).toHaveLength(2)
  await watcher.emitWithAck('leave')
  first.disconnect()
  await expect.poll(() => namespace.sockets.size, patient).toBe(1)
  await watcher.emitWithAck('watch', ben)
  expect(seen.map(({ online }) => online)).toEqual([false, true, false])
})

test('a pair that is parted while a socket asks whom it may watch is asked about again', async () => {
  const [ann, ben] = [someUser(), someUser()]
  const watcher = await connect(ann)
  const seen = messagesOf(watcher, 'presence')
  const [socket] = namespace.sockets.values()
  await socket!.join(room)
  const asked: string[] = []
  await presence.watch(socket!, room, async () => {
    asked.push(ben)
    if (asked.length > 1) return undefined
    presence.part(ben, ann)
    return ben
  })
  expect(asked).toHaveLength(2)
  expect(presence.watchedUsers()).toBe(0)
  await watcher.emitWithAck('leave')
  expect(seen).toEqual([])
})
