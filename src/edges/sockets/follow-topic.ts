import type { RecordedEvent } from '#kernel'
import type { ChannelPorts } from '../../serving/channel-ports.ts'
import { userRoom, type AnyTopic, type Audience } from '../../serving/topic.ts'
import type { AdmittedSocket, AdmittingNamespace } from './admission.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import { followReadModel, type Live } from './follow-read-model.ts'
import { pacing } from './pacing.ts'

/** The sockets of this process in a namespace. */
const audienceOf = (namespace: AdmittingNamespace): Audience => ({
  isEmpty: () => namespace.sockets.size === 0,
  isIn: (room) => namespace.adapter.rooms.has(room),
  usersIn: (room) => {
    const users = new Map<string, AdmittedSocket['data']['caller']>()
    for (const id of namespace.adapter.rooms.get(room) ?? []) {
      const caller = namespace.sockets.get(id)?.data.caller
      if (caller) users.set(caller.id, caller)
    }
    return [...users.values()]
  },
  roomsOf: (prefix) =>
    [...namespace.adapter.rooms.keys()].filter((room) => room.startsWith(prefix)),
  hasUserIn: (room, userId) => {
    const inRoom = namespace.adapter.rooms.get(room)
    const own = namespace.adapter.rooms.get(userRoom(userId)) ?? []
    return inRoom !== undefined && [...own].some((socketId) => inRoom.has(socketId))
  },
})

/** An audience that is in no room, and collects the rooms it is asked for. @throws Error when it is asked which rooms there are */
const askedFor = (rooms: Set<string>): Audience => {
  const noted = (room: string): boolean => {
    rooms.add(room)
    return false
  }
  return {
    isEmpty: () => false,
    isIn: noted,
    hasUserIn: noted,
    usersIn: (room) => {
      noted(room)
      return []
    },
    roomsOf: (prefix) => {
      throw new Error(`Any room that begins with ${prefix} may be concerned`)
    },
  }
}

/** Returns the rooms that a topic may send messages about events to; undefined when the events do not say. */
const roomsOf = (
  { concerns }: AnyTopic,
  events: readonly RecordedEvent[],
  ports: ChannelPorts,
): ReadonlySet<string> | undefined => {
  const rooms = new Set<string>()
  const audience = askedFor(rooms)
  try {
    const areKnown = events.every((event) => concerns(event, { audience, ports }) === undefined)
    return areKnown ? rooms : undefined
  } catch {
    return undefined
  }
}

/** Closes the connections of the sockets in some rooms, or of all: their clients connect again, and resume. */
const closeThoseIn = (
  rooms: ReadonlySet<string> | undefined,
  { sockets }: AdmittingNamespace,
): void => {
  for (const { rooms: own, conn } of sockets.values())
    // Not `disconnect`: after that, clients do not reconnect by themselves.
    if (!rooms || [...own].some((room) => rooms.has(room))) conn.close()
}

/**
 * Follows a topic and sends its messages to the sockets of this process; each process follows the same log. Events that
 * cannot be pushed, as a rule of the topic fails, close the connections of the sockets that they may concern.
 */
export const followTopic = (
  followed: AnyTopic,
  namespace: AdmittingNamespace,
  ports: ChannelPorts,
  deps: RealtimeDependencies,
  signal: AbortSignal,
): Live => {
  const { projection, server, concerns, tells, afterwards } = followed
  const context = { audience: audienceOf(namespace), ports }
  const paces = pacing()
  signal.addEventListener('abort', paces.close)
  const socketsIn = (rooms: readonly string[]): ReadonlySet<string> =>
    new Set(rooms.flatMap((room) => [...(namespace.adapter.rooms.get(room) ?? [])]))
  return followReadModel<{ readonly id: string }>(
    {
      projection,
      types: [...new Set(Object.values(server).flatMap(({ after }) => after))],
      keyOf: (event) => concerns(event, context),
      push: async ({ leaveOut, holds, ...changes }) => {
        // The documents come from the topic's own projection.
        const messages = await tells(changes as never, context)
        for (const { name, payload, to, at, unlessAnsweredIn, except = [], paced } of messages) {
          const rooms = typeof to === 'string' ? [to] : [...to]
          const send = (): void => {
            const excluded = socketsIn(except)
            const leftOut = [
              ...excluded,
              ...(unlessAnsweredIn === undefined ? [] : leaveOut(unlessAnsweredIn)),
              ...holds.leaveOut(rooms, { name, payload, at }, excluded),
            ]
            const sockets = namespace.local.to(rooms)
            const addressed = leftOut.length === 0 ? sockets : sockets.except(leftOut)
            addressed.emit(name, payload)
          }
          if (paced) paces.take(`${rooms.join()} ${paced.as}`, paced.every, send)
          else send()
        }
        afterwards?.(changes as never, context)
      },
      skipped: (events) => closeThoseIn(roomsOf(followed, events, ports), namespace),
    },
    deps,
    signal,
  )
}
