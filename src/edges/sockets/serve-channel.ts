import type { AnyChannel } from '../../serving/channel.ts'
import type { ChannelPorts } from '../../serving/channel-ports.ts'
import type { AnyTopic, Audience } from '../../serving/topic.ts'
import { admit, type AdmittedSocket, type AdmittingNamespace } from './admission.ts'
import { answering } from './answering.ts'
import { connectionOf } from './connection.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import { followReadModel, type Live } from './follow-read-model.ts'
import { subscribing } from './subscribing.ts'
import { welcoming } from './welcoming.ts'

/** The sockets of this process in a namespace. */
const audienceOf = (namespace: AdmittingNamespace): Audience => ({
  isEmpty: () => namespace.sockets.size === 0,
  isIn: (room) => namespace.adapter.rooms.has(room),
})

/** Follows a topic and sends its messages to the sockets of this process; each process follows the same log. */
const followTopic = (
  { projection, server, concerns, tells }: AnyTopic,
  namespace: AdmittingNamespace,
  ports: ChannelPorts,
  deps: RealtimeDependencies,
  signal: AbortSignal,
): Live => {
  const context = { audience: audienceOf(namespace), ports }
  return followReadModel<{ readonly id: string }>(
    {
      projection,
      types: [...new Set(Object.values(server).flatMap(({ after }) => after))],
      keyOf: (event) => concerns(event, context),
      push: async ({ leaveOut, ...changes }) => {
        // The documents come from the topic's own projection.
        const messages = await tells(changes as never, context)
        for (const { name, payload, to, unlessAnsweredIn } of messages) {
          const sockets = namespace.local.to(typeof to === 'string' ? to : [...to])
          const addressed =
            unlessAnsweredIn === undefined ? sockets : sockets.except(leaveOut(unlessAnsweredIn))
          addressed.emit(name, payload)
        }
      },
    },
    deps,
    signal,
  )
}

/** Attaches the handlers of a channel's questions to a socket. */
const answerQuestions = (
  socket: AdmittedSocket,
  client: Extract<AnyChannel, { readonly open?: undefined }>['client'],
  liveOf: (topic: AnyTopic) => Live,
  ports: ChannelPorts,
): void => {
  const context = { caller: socket.data.caller, ports }
  for (const [name, asked] of Object.entries(client)) {
    const handle =
      'enters' in asked
        ? subscribing(socket, asked.enters, liveOf(asked.enters.topic), context)
        : async (payload: never, reply: Parameters<Parameters<typeof answering>[1]>[1]) => {
            if ('handle' in asked) return reply(await asked.handle(payload, context))
            await socket.leave(asked.leaves(payload))
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

  const { access, client, topics, welcomes } = channel
  const lives = new Map(
    topics.map((topic) => [topic, followTopic(topic, namespace, ports, deps, signal)]),
  )
  const liveOf = (topic: AnyTopic): Live => {
    const live = lives.get(topic)
    if (!live) throw new Error(`${channel.namespace} does not follow ${topic.projection.name}`)
    return live
  }
  admit(namespace, access, deps)
  namespace.on('connection', (socket) => {
    for (const one of welcomes) welcoming(socket, one, liveOf(one.topic), ports)
    answerQuestions(socket, client, liveOf, ports)
  })
  return [...lives.values()]
}
