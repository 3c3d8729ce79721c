import { PositionBeyondHead } from '../../runtime/reading.ts'
import { maxMissed, type Answer } from '../../serving/message.ts'
import type { Missed, MissedRange } from '../../serving/questions.ts'
import type { AdmittedSocket } from './admission.ts'
import { drained } from './flow-control.ts'
import type { Live } from './follow-read-model.ts'
import type { Hold, Outgoing } from './holds.ts'

/** Number of missed messages that are read at once. */
const pageSize = 100

/** What a socket is sent of a room from a position on. */
export type Resuming = {
  readonly room: string
  /** Every message after it is to be sent; undefined: after the answer. */
  readonly after: bigint | undefined
  /** Reads the acknowledgement, and the position that it is complete up to. */
  readonly answer: (
    minPosition: bigint,
  ) => Promise<{ readonly acknowledgement: Answer; readonly position: bigint }>
  readonly missed: (range: MissedRange) => Promise<Missed>
  readonly reply: (acknowledgement: Answer) => void
  /** Whether the socket is in the room anyway: a failure before the answer closes the connection as well. */
  readonly isIn?: true
}

const signals = new WeakMap<AdmittedSocket, AbortSignal>()

/** Aborted when a socket disconnects: one signal for all its subscriptions, as a page may begin many. */
const disconnected = (socket: AdmittedSocket): AbortSignal => {
  const known = signals.get(socket)
  if (known) return known
  const controller = new AbortController()
  signals.set(socket, controller.signal)
  socket.once('disconnect', () => controller.abort())
  if (!socket.connected) controller.abort()
  return controller.signal
}

/** Returns nothing for a position that this log does not have. @throws every other error */
const ifBeyondHead = (error: unknown): undefined => {
  if (!(error instanceof PositionBeyondHead)) throw error
}

/** The first part of what a socket has missed: one more message than are sent. */
const rangeUpTo = (after: bigint, position: bigint): MissedRange => ({
  after,
  minPosition: after > position ? after : position,
  limit: maxMissed + 1,
})

/** The socket is no longer served by this hold: it has left the room, disconnected, or subscribed again. */
class Superseded extends Error {}

/**
 * Lets a socket join a room, answers it, and sends it every message of the room after a position once and in order:
 * first those that it missed, read from the read model at the client's pace, then those that came meanwhile, which were
 * held, then each as it comes. If reading fails after the answer, the connection is closed, so that the client resumes
 * after its last message instead of missing one.
 * @returns whether the socket stays in the room
 */
export const resume = async (
  socket: AdmittedSocket,
  live: Pick<Live, 'examined' | 'holds'>,
  { room, after, answer, missed, reply, isIn }: Resuming,
): Promise<boolean> => {
  // Before it joins: a message that it is sent meanwhile would be read and sent again.
  const hold: Hold = live.holds.hold(room, socket.id)
  void socket.join(room)
  const signal = disconnected(socket)
  const send = async (messages: readonly Outgoing[]): Promise<void> => {
    for (const { name, payload } of messages) {
      await drained(socket, signal)
      if (hold.isReplaced() || !socket.rooms.has(room)) throw new Superseded()
      socket.emit(name, payload)
    }
  }
  /** Sends all messages from one position to another at least. @returns the position up to which none is missing */
  const sendMissed = async (from: bigint, minPosition: bigint): Promise<bigint> => {
    let reached = from
    while (reached < minPosition) {
      const page = await missed({ after: reached, minPosition, limit: pageSize })
      await send(page.messages)
      page.onSent?.()
      reached = page.position
    }
    return reached
  }
  let closes = isIn === true
  try {
    const examined = live.examined()
    const isAhead = after !== undefined && after > examined
    const present = isAhead ? await answer(after).catch(ifBeyondHead) : await answer(examined)
    const first =
      after !== undefined && present?.acknowledgement.ok
        ? await missed(rangeUpTo(after, present.position)).catch(ifBeyondHead)
        : undefined
    // Nothing up to a position of another log would ever be sent.
    const { acknowledgement, position } =
      present && (first || !isAhead) ? present : await answer(examined)
    if (!acknowledgement.ok) {
      hold.end()
      reply(acknowledgement)
      return false
    }
    let cut = position
    if (after === undefined) reply(acknowledgement)
    else {
      closes = true
      if (!first || first.isTooMuch || first.messages.length > maxMissed) {
        const skipped = { ...acknowledgement, skipped: true }
        reply(skipped)
      } else {
        const onwards = { ...acknowledgement, position: String(after) }
        reply(onwards)
        await send(first.messages)
        first.onSent?.()
        cut = await sendMissed(first.position > after ? first.position : after, position)
      }
    }
    closes = true
    for (;;) {
      const waiting = hold.take()
      if (!waiting) {
        cut = await sendMissed(cut, live.examined())
        continue
      }
      const further = waiting.filter(({ at }) => at === undefined || at > cut)
      if (further.length === 0) {
        hold.release(cut)
        return true
      }
      await send(further)
      cut = further.reduce((most, { at = most }) => (at > most ? at : most), cut)
    }
  } catch (error) {
    hold.end()
    if (error instanceof Superseded || signal.aborted) return true
    if (!closes) throw error
    // Not `disconnect`: after that, clients do not reconnect by themselves.
    socket.conn.close()
    throw error
  }
}
