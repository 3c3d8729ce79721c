import type { AnyChannel } from '../../serving/channel.ts'
import type { ChannelPorts } from '../../serving/channel-ports.ts'
import { refusal, type Answer, type Refused } from '../../serving/message.ts'
import { followFeed } from '../../runtime/follow-feed.ts'
import type { Relayed } from '../../serving/questions.ts'
import { userRoom, type AnyTopic, type Audience } from '../../serving/topic.ts'
import { admit, type AdmittedSocket, type AdmittingNamespace } from './admission.ts'
import { answering } from './answering.ts'
import { connectionOf } from './connection.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import { followReadModel, type Live } from './follow-read-model.ts'
import { pacing } from './pacing.ts'
import { followPresence, type PresenceOf } from './presence.ts'
import { resumeUser } from './resuming-user.ts'
import { subscribing } from './subscribing.ts'
import { welcoming } from './welcoming.ts'

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

/** Follows a topic and sends its messages to the sockets of this process; each process follows the same log. */
const followTopic = (
  { projection, server, concerns, tells, afterwards }: AnyTopic,
  namespace: AdmittingNamespace,
  ports: ChannelPorts,
  deps: RealtimeDependencies,
  signal: AbortSignal,
): Live => {
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
    },
    deps,
    signal,
  )
}

/** Time at which a socket's last message was passed on to a room, in ms of the monotonic clock, by room. */
type LastRelays = Map<string, number>

/**
 * Passes a message on to the other sockets of a room, in all processes, once in an interval.
 * @param mayRelay refuses it, if there is a reason
 */
const relayed = async (
  socket: AdmittedSocket,
  { to, name, payload }: Relayed,
  mayRelay: () => Promise<Refused | undefined> | undefined,
  { last, every }: { readonly last: LastRelays; readonly every: number },
): Promise<Answer> => {
  if (!socket.rooms.has(to))
    return refusal('not_joined', 'Join first: this is passed on to those who have joined.')
  const now = performance.now()
  if (now - (last.get(to) ?? -Infinity) < every) return { ok: true }
  for (const room of last.keys()) if (!socket.rooms.has(room)) last.delete(room)
  last.set(to, now)
  const refused = await mayRelay()
  if (refused) {
    last.delete(to)
    return refused
  }
  socket.to(to).emit(name, payload)
  return { ok: true }
}

/** Ends the presence of users for each other, as events of the log part them; in every process. */
const followPartings = (
  presence: PresenceOf,
  { after, pairOf }: NonNullable<AnyChannel['parts']>,
  { feed, logger }: Pick<RealtimeDependencies, 'feed' | 'logger'>,
  signal: AbortSignal,
): Promise<void> =>
  followFeed(feed, feed.head(), {
    types: after,
    signal,
    take: ({ events }) => {
      for (const event of events) {
        const pair = after.includes(event.type) ? pairOf(event) : undefined
        if (pair) presence.part(...pair)
      }
    },
    onError: (error) =>
      logger.warn({ err: error }, 'Following who is parted from whom failed and is retried'),
  })

/** Attaches the handlers of a channel's questions to a socket. */
const answerQuestions = (
  socket: AdmittedSocket,
  client: Extract<AnyChannel, { readonly open?: undefined }>['client'],
  liveOf: (topic: AnyTopic) => Live,
  presence: PresenceOf | undefined,
  ports: ChannelPorts,
): void => {
  const context = { caller: socket.data.caller, ports }
  for (const [name, asked] of Object.entries(client)) {
    const last: LastRelays = new Map()
    const handle =
      'enters' in asked
        ? subscribing(socket, asked.enters, liveOf(asked.enters.topic), context, presence)
        : async (payload: never, reply: Parameters<Parameters<typeof answering>[1]>[1]) => {
            if ('handle' in asked) return reply(await asked.handle(payload, context))
            if ('relays' in asked)
              return reply(
                await relayed(
                  socket,
                  asked.relays(payload, context),
                  () => asked.mayRelay?.(payload, context),
                  { last, every: asked.every },
                ),
              )
            await socket.leave(asked.leaves(payload, context))
            reply({ ok: true })
          }
    // `answering` has validated the payload by the schema of this question.
    socket.on(
      name,
      answering(asked, (payload, reply) => handle(payload as never, reply), ports.logger),
    )
  }
}

/**
 * Serves a channel in its namespace: admits sockets, answers their questions, and pushes the changes of its topics.
 * @param ports passed to the channel's handlers
 * @param signal ends the following of the log
 * @returns the followers, whose `over` resolves after the signal
 */
export const serveChannel = (
  namespace: AdmittingNamespace,
  channel: AnyChannel,
  ports: ChannelPorts,
  deps: RealtimeDependencies,
  signal: AbortSignal,
): readonly { readonly over: Promise<void> }[] => {
  if (channel.open) {
    const opened = channel.open(ports, signal)
    admit(namespace, channel.access, deps)
    namespace.on('connection', (socket) =>
      // `open` is typed by the messages of this channel.
      opened.connected(connectionOf(socket, channel.client, ports.logger) as never),
    )
    return [opened]
  }

  const { access, client, topics, welcomes, resumes, presence: told, parts } = channel
  const lives = new Map(
    topics.map((topic) => [topic, followTopic(topic, namespace, ports, deps, signal)]),
  )
  const liveOf = (topic: AnyTopic): Live => {
    const live = lives.get(topic)
    if (!live) throw new Error(`${channel.namespace} does not follow ${topic.projection.name}`)
    return live
  }
  admit(namespace, access, deps)
  const presence =
    told === undefined ? undefined : followPresence(namespace, told, deps.between, signal)
  namespace.on('connection', (socket) => {
    presence?.connected(socket)
    socket.once('disconnect', () => {
      for (const { holds } of lives.values()) holds.forget(socket.id)
    })
    if (resumes) resumeUser(socket, resumes, liveOf(resumes.topic), ports)
    for (const one of welcomes) welcoming(socket, one, liveOf(one.topic), ports)
    answerQuestions(socket, client, liveOf, presence, ports)
  })
  const parting = presence && parts && { over: followPartings(presence, parts, deps, signal) }
  return [...lives.values(), ...(parting ? [parting] : [])]
}
