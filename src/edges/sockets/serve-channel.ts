import type { AnyChannel } from '../../serving/channel.ts'
import type { ChannelPorts } from '../../serving/channel-ports.ts'
import { refusal, type Answer, type Refused } from '../../serving/message.ts'
import { followFeed } from '../../runtime/follow-feed.ts'
import type { Relayed } from '../../serving/questions.ts'
import type { AnyTopic } from '../../serving/topic.ts'
import { admit, type AdmittedSocket, type AdmittingNamespace } from './admission.ts'
import { answering } from './answering.ts'
import { connectionOf } from './connection.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import type { Live } from './follow-read-model.ts'
import { followTopic } from './follow-topic.ts'
import { followPresence, type PresenceOf } from './presence.ts'
import { keyedCommands, type KeyedCommands } from './keyed-commands.ts'
import { resumeUser } from './resuming-user.ts'
import { subscribing } from './subscribing.ts'
import { welcoming } from './welcoming.ts'

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

type Handler = (payload: never, reply: (answer: Answer) => void) => Promise<void>

/** Tries handlers in turn, until one accepts the question; the refusal is that of the last one. */
const firstAccepting =
  (handlers: readonly Handler[]): Handler =>
  async (payload, reply) => {
    for (const [index, handle] of handlers.entries()) {
      let isRefused = false
      await handle(payload, (answer) => {
        isRefused = !answer.ok
        if (answer.ok || index === handlers.length - 1) reply(answer)
      })
      if (!isRefused) return
    }
  }

/** Attaches the handlers of a channel's questions to a socket. */
const answerQuestions = (
  socket: AdmittedSocket,
  client: Extract<AnyChannel, { readonly open?: undefined }>['client'],
  liveOf: (topic: AnyTopic) => Live,
  presence: PresenceOf | undefined,
  ports: ChannelPorts,
  once: KeyedCommands,
): void => {
  const context = { caller: socket.data.caller, ports }
  for (const [name, asked] of Object.entries(client)) {
    const last: LastRelays = new Map()
    const handle =
      'enters' in asked
        ? firstAccepting(
            [asked.enters, ...(asked.orEnters ?? [])].map((entry) =>
              subscribing(socket, entry, liveOf(entry.topic), context, presence),
            ),
          )
        : async (payload: never, reply: Parameters<Parameters<typeof answering>[1]>[1]) => {
            if ('handle' in asked) return reply(await asked.handle(payload, context))
            if ('commands' in asked)
              return reply(
                await once(
                  { caller: context.caller, namespace: socket.nsp.name, name, payload },
                  (origin) => asked.commands(payload, { ...context, origin }),
                ),
              )
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
  const once = keyedCommands(deps.receipts, deps.logger)
  const presence =
    told === undefined ? undefined : followPresence(namespace, told, deps.between, signal)
  namespace.on('connection', (socket) => {
    presence?.connected(socket)
    socket.once('disconnect', () => {
      for (const { holds } of lives.values()) holds.forget(socket.id)
    })
    if (resumes) resumeUser(socket, resumes, liveOf(resumes.topic), ports)
    for (const one of welcomes) welcoming(socket, one, liveOf(one.topic), ports)
    answerQuestions(socket, client, liveOf, presence, ports, once)
  })
  const parting = presence && parts && { over: followPartings(presence, parts, deps, signal) }
  return [...lives.values(), ...(parting ? [parting] : [])]
}
