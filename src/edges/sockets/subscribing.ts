import type { Answer } from '../../serving/message.ts'
import type { AnyEntry, AskContext } from '../../serving/questions.ts'
import { tooMany, type AdmittedSocket } from './admission.ts'
import type { Live } from './follow-read-model.ts'

/**
 * Subscribes a socket to a room. The socket enters before the state is read, so that it misses nothing afterwards, and
 * leaves again when it cannot be answered.
 * @param live the topic that sends to the room
 * @returns handles a question whose payload has been validated
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
    const full = isNew ? tooMany(socket) : undefined
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
          // `read` has just returned it.
          const said = answer(state as never)
          isAccepted = said.ok
          reply(said)
        },
      )
    } finally {
      if (isNew && !isAccepted) await socket.leave(room)
    }
  }
