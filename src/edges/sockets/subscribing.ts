import type { Answer } from '../../serving/message.ts'
import type { AnyEntry, AskContext } from '../../serving/questions.ts'
import { subscriptionLimit, type AdmittedSocket } from './admission.ts'
import type { Live } from './follow-read-model.ts'
import type { PresenceOf } from './presence.ts'
import { resume } from './resuming.ts'

type Reply = (answer: Answer) => void

/** Position after which a payload asks for every message. Questions declare the field by `AfterPosition`. */
const afterOf = (payload: { readonly afterPosition?: string }): bigint | undefined =>
  payload.afterPosition === undefined ? undefined : BigInt(payload.afterPosition)

/**
 * Creates the handler of a question that subscribes a socket to a room. The socket joins before the state is read, so
 * that it misses no later message, and leaves again when the question is refused or fails.
 * @param live the topic that sends to the room
 * @param presence tells sockets the presence of users that they watch
 * @returns the handler; its payload has been validated
 */
export const subscribing = (
  socket: AdmittedSocket,
  { room: roomOf, mayEnter, mustExist, read, answer, missed, isAlsoElsewhere, watches }: AnyEntry,
  live: Live,
  context: AskContext,
  presence?: PresenceOf,
) => {
  /** Joins, and answers with the state. @returns whether the socket stays */
  const enter = async (room: string, payload: never, reply: Reply): Promise<boolean> => {
    await socket.join(room)
    const missing = mustExist && (await mustExist(payload, context))
    if (missing) {
      await socket.leave(room)
      reply(missing)
      return false
    }
    let isAccepted = false
    await live.ask(
      room,
      socket.id,
      (minPosition) => read(payload, { ...context, minPosition }),
      (state) => {
        // The state comes from `read` of the same entry.
        const acknowledgement = answer(state as never)
        isAccepted = acknowledgement.ok
        reply(acknowledgement)
      },
    )
    return isAccepted
  }

  return async (payload: never, reply: Reply): Promise<void> => {
    const forbidden = mayEnter && (await mayEnter(payload, context))
    if (forbidden) return reply(forbidden)
    const room = roomOf(payload, context)
    const isNew = !socket.rooms.has(room)
    const full = isNew ? subscriptionLimit(socket) : undefined
    if (full) return reply(full)
    let stays = false
    try {
      const answered: Reply = (acknowledgement) => {
        reply(acknowledgement)
        if (!watches || !presence || !acknowledgement.ok) return
        presence
          .watch(socket, room, () => watches(payload, context))
          .catch((error: unknown) =>
            context.ports.logger.warn(
              { err: error, namespace: socket.nsp.name },
              'The presence of a user could not be told to a socket',
            ),
          )
      }
      const after = afterOf(payload)
      stays =
        missed && (after !== undefined || !isAlsoElsewhere)
          ? await resume(socket, live, {
              room,
              after,
              answer: async (minPosition) => {
                const missing = mustExist && (await mustExist(payload, context))
                if (missing) return { acknowledgement: missing, position: minPosition }
                const state = await read(payload, { ...context, minPosition })
                // The state comes from `read` of the same entry.
                return { acknowledgement: answer(state as never), position: state.position }
              },
              missed: (range) => missed(payload, { ...context, ...range }),
              reply: answered,
            })
          : await enter(room, payload, answered)
    } finally {
      if (isNew && !stays) await socket.leave(room)
    }
  }
}
