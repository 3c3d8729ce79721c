import type { Answer } from '../../serving/message.ts'
import type { AnyEntry, AskContext } from '../../serving/questions.ts'
import { subscriptionLimit, type AdmittedSocket } from './admission.ts'
import type { Live } from './follow-read-model.ts'

/**
 * Creates the handler of a question that subscribes a socket to a room. The socket joins before the state is read, so
 * that it misses no later message, and leaves again when the question is refused or fails.
 * @param live the topic that sends to the room
 * @returns the handler; its payload has been validated
 */
export const subscribing =
  (
    socket: AdmittedSocket,
    { room: roomOf, mayEnter, mustExist, read, answer }: AnyEntry,
    live: Live,
    context: AskContext,
  ) =>
  async (payload: never, reply: (answer: Answer) => void): Promise<void> => {
    const forbidden = mayEnter && (await mayEnter(payload, context))
    if (forbidden) return reply(forbidden)
    const room = roomOf(payload)
    const isNew = !socket.rooms.has(room)
    const full = isNew ? subscriptionLimit(socket) : undefined
    if (full) return reply(full)
    await socket.join(room)
    let isAccepted = false
    try {
      const missing = mustExist && (await mustExist(payload, context))
      if (missing) {
        await socket.leave(room)
        return reply(missing)
      }
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
    } finally {
      if (isNew && !isAccepted) await socket.leave(room)
    }
  }
