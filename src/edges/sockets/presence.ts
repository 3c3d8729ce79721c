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
  /** Tells a socket whether a user is connected now, and the sockets of a room whenever that changes. */
  readonly watch: (socket: AdmittedSocket, room: string, userId: string) => void
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
  /** Rooms that are told the presence of a user. */
  const watchers = new Map<string, Set<string>>()

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
      const rooms = watchers.get(userId)
      if (online === was || !rooms) continue
      for (const room of rooms) if (!namespace.adapter.rooms.has(room)) rooms.delete(room)
      if (rooms.size === 0) watchers.delete(userId)
      else
        namespace.local
          .to([...rooms])
          .except(userRoom(userId))
          .emit(told, { userId, online })
    }
  }

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

  return {
    connected: (socket) => {
      const { id } = socket.data.caller
      count(id, 1)
      socket.once('disconnect', () => count(id, -1))
    },
    watch: (socket, room, userId) => {
      watchers.set(userId, (watchers.get(userId) ?? new Set()).add(room))
      socket.emit(told, { userId, online: isOnline(userId) })
    },
  }
}
