import type { BridgeMessage } from './port.ts'

/** Most messages that wait for their confirmation at once. */
const mostInFlight = 512

/** Messages that are sent together. */
type Call = {
  readonly messages: readonly BridgeMessage[]
  /** Index of the next message to send. */
  next: number
  /** Number of messages that are not confirmed. */
  left: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export type OrderedSender = {
  /**
   * Sends messages after those of earlier calls, which may be under way.
   * @returns once all of them are confirmed
   * @throws what the first failure was, of this or of another call; nothing is sent after it
   */
  readonly sendAll: (messages: readonly BridgeMessage[]) => Promise<void>
  /** Fails all calls. */
  readonly fail: (error: unknown) => void
}

/**
 * Sends messages over a connection with many in flight, but of each key one at a time, so that no message overtakes an
 * earlier one of its key that was not taken. Without promises of single messages: there are many.
 * @param send sends one, and calls back later, once it is confirmed, or with an error
 */
export const orderedSender = (
  send: (message: BridgeMessage, settled: (error?: unknown) => void) => void,
): OrderedSender => {
  /** Messages that wait for one of their key, by the keys in flight; null where none waits. */
  const waiting = new Map<string, (readonly [BridgeMessage, Call])[] | null>()
  const calls: Call[] = []
  /** Calls with messages that were not looked at. */
  let open: Call[] = []
  let inFlight = 0
  let failure: { readonly error: unknown } | undefined

  const fail = (error: unknown): void => {
    failure ??= { error }
    for (const call of calls) call.reject(failure.error)
    calls.length = 0
    open = []
    waiting.clear()
  }
  const begin = (message: BridgeMessage, call: Call): void => {
    const settled = (error?: unknown): void => {
      if (failure) return
      if (error !== undefined) return fail(error)
      call.left -= 1
      if (call.left === 0) {
        calls.splice(calls.indexOf(call), 1)
        call.resolve()
      }
      const successor = waiting.get(message.key)?.shift()
      if (successor) return begin(...successor)
      waiting.delete(message.key)
      inFlight -= 1
      fill()
    }
    try {
      send(message, settled)
    } catch (error) {
      fail(error)
    }
  }
  const fill = (): void => {
    while (inFlight < mostInFlight) {
      const [call] = open
      if (!call) return
      const message = call.messages[call.next]!
      call.next += 1
      if (call.next === call.messages.length) open.shift()
      const before = waiting.get(message.key)
      if (before === undefined) {
        waiting.set(message.key, null)
        inFlight += 1
        begin(message, call)
      } else if (before === null) waiting.set(message.key, [[message, call]])
      else before.push([message, call])
    }
  }

  return {
    fail,
    sendAll: (messages) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure.error)
        if (messages.length === 0) return resolve()
        const call: Call = { messages, next: 0, left: messages.length, resolve, reject }
        calls.push(call)
        open.push(call)
        fill()
      }),
  }
}
