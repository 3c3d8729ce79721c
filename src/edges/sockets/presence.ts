import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { Fields } from '#kernel'
import type { ProcessBus } from '../../platform/messaging/process-bus/port.ts'
import { userRoom } from '../../serving/topic.ts'
import type { AdmittedSocket, AdmittingNamespace } from './admission.ts'

/** How often each process repeats which users are connected to it, in ms. */
const repeatEvery = 10_000

/** A process that has not repeated that for so long is no longer counted, in ms: it was killed. */
const forgottenAfter = 3 * repeatEvery

/** What processes publish: all users of one process, or the request to publish them. */
const Published = Type.Union([
  Fields({ process: Type.String(), users: Type.Array(Type.String()) }),
  Fields({ process: Type.String(), asks: Type.Literal(true) }),
  Fields({ process: Type.String(), user: Type.String(), online: Type.Boolean() }),
])

/** The presence of users in a namespace, over all processes. */
export type PresenceOf = {
  /** Counts a socket until it disconnects. */
  readonly connected: (socket: AdmittedSocket) => void
  /**
   * Tells a socket whether a user is connected now, and whenever that changes while the socket is in a room.
   * @param watched finds out whom the socket may watch; asked again when a pair is parted meanwhile
   */
  readonly watch: (
    socket: AdmittedSocket,
    room: string,
    watched: () => Promise<string | undefined>,
  ) => Promise<void>
  /** Ends the watching of two users by each other: from now on, each looks disconnected to the other. */
  readonly part: (one: string, other: string) => void
  /** Returns the number of users that are watched. */
  readonly watchedUsers: () => number
}

/**
 * Follows which users are connected to a namespace, in any process. Nothing is recorded: processes publish their users
 * over the process bus as they connect and disconnect, and repeat them, so that the users of a killed process go offline
 * after half a minute.
 * @param told name of the message, `{ userId, online }`
 * @param signal ends it
 */
export const followPresence = (
  namespace: AdmittingNamespace,
  told: string,
  between: Pick<ProcessBus, 'publish' | 'subscribe'>,
  signal: AbortSignal,
): PresenceOf => {
  const topic = `presence:${namespace.name}`
  const self = randomUUID()
  const here = new Map<string, number>()
  const elsewhere = new Map<string, { readonly users: Set<string>; seenAt: number }>()
  /** Sockets that are told the presence of a user. */
  const watchers = new Map<string, Set<string>>()
  /** The user that a socket watches by each of its rooms. */
  const watching = new Map<string, Map<string, string>>()
  /** Number of pairs that were parted. */
  let partings = 0

  // The bus logs its own failures.
  const publish = (message: object): void =>
    void between.publish(topic, { process: self, ...message }).catch(() => undefined)
  const publishAll = (): void => publish({ users: [...here.keys()] })

  const isOnline = (userId: string): boolean =>
    here.has(userId) || [...elsewhere.values()].some(({ users }) => users.has(userId))

  /** Tells the watchers of these users what a change has changed. */
  const changing = (users: Iterable<string>, change: () => void): void => {
    const before = [...new Set(users)].map((userId) => [userId, isOnline(userId)] as const)
    change()
    for (const [userId, was] of before) {
      const online = isOnline(userId)
      const sockets = watchers.get(userId)
      if (online === was || !sockets) continue
      namespace.local.to([...sockets]).emit(told, { userId, online })
    }
  }

  const unwatch = (socketId: string, room: string): void => {
    const byRoom = watching.get(socketId)
    const userId = byRoom?.get(room)
    if (!byRoom || userId === undefined) return
    byRoom.delete(room)
    if (byRoom.size === 0) watching.delete(socketId)
    if ([...byRoom.values()].includes(userId)) return
    const sockets = watchers.get(userId)
    sockets?.delete(socketId)
    if (sockets?.size === 0) watchers.delete(userId)
  }
  // Socket.IO lets a socket that disconnects leave its rooms as well.
  const onLeave = (room: string, socketId: string): void => unwatch(socketId, room)
  namespace.adapter.on('leave-room', onLeave)

  const usersOf = (process: string): Set<string> => {
    const known = elsewhere.get(process) ?? { users: new Set<string>(), seenAt: 0 }
    known.seenAt = performance.now()
    elsewhere.set(process, known)
    return known.users
  }

  const unsubscribe = between.subscribe(topic, (message) => {
    if (!Check(Published, message) || message.process === self) return
    if ('asks' in message) return publishAll()
    const users = usersOf(message.process)
    if ('users' in message)
      return changing([...users, ...message.users], () => {
        users.clear()
        for (const userId of message.users) users.add(userId)
      })
    changing([message.user], () => {
      if (message.online) users.add(message.user)
      else users.delete(message.user)
    })
  })
  const timer = setInterval(() => {
    publishAll()
    const since = performance.now() - forgottenAfter
    for (const [process, { users, seenAt }] of elsewhere)
      if (seenAt < since) changing(users, () => elsewhere.delete(process))
  }, repeatEvery)
  timer.unref()
  signal.addEventListener(
    'abort',
    () => {
      clearInterval(timer)
      publish({ users: [] })
      unsubscribe()
      namespace.adapter.off('leave-room', onLeave)
    },
    { once: true },
  )
  publish({ asks: true })

  const count = (userId: string, by: 1 | -1): void => {
    const sockets = (here.get(userId) ?? 0) + by
    const isChange = by === 1 ? sockets === 1 : sockets === 0
    changing([userId], () => {
      if (sockets > 0) here.set(userId, sockets)
      else here.delete(userId)
    })
    if (isChange && !signal.aborted) publish({ user: userId, online: by === 1 })
  }

  /** Ends the watching of a user by the sockets of another. */
  const hide = (userId: string, from: string): void => {
    const own = namespace.adapter.rooms.get(userRoom(from)) ?? []
    const hidden = [...own].filter((socketId) => watchers.get(userId)?.has(socketId))
    for (const socketId of hidden)
      for (const [room, watched] of watching.get(socketId) ?? [])
        if (watched === userId) unwatch(socketId, room)
    if (hidden.length > 0 && isOnline(userId))
      namespace.local.to(hidden).emit(told, { userId, online: false })
  }

  return {
    connected: (socket) => {
      // One that was refused on connection has disconnected before this listens to it.
      if (!socket.connected) return
      const { id } = socket.data.caller
      count(id, 1)
      socket.once('disconnect', () => count(id, -1))
    },
    watch: async (socket, room, watched) => {
      for (;;) {
        const before = partings
        const userId = await watched()
        if (userId === undefined || !socket.rooms.has(room)) return
        // The parted pair may be this one, and the answer older.
        if (partings !== before) continue
        watching.set(socket.id, (watching.get(socket.id) ?? new Map()).set(room, userId))
        watchers.set(userId, (watchers.get(userId) ?? new Set()).add(socket.id))
        return void socket.emit(told, { userId, online: isOnline(userId) })
      }
    },
    part: (one, other) => {
      partings += 1
      hide(one, other)
      hide(other, one)
    },
    watchedUsers: () => watchers.size,
  }
}
