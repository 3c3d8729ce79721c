import { newId } from '../api/new-id.ts'
import type { Unsent, UnsentMessages } from './unsent.ts'

/** How a message is sent. */
export type Way = 'socket' | 'http'

/** A message that was written and has not been seen in the conversation yet. */
export type Outgoing = {
  /** Makes a repetition of sending harmless. */
  readonly key: string
  readonly conversationId: string
  readonly text?: string
  readonly mediaIds?: readonly string[]
  /** Position of the newest message that was known as it was written. */
  readonly after: string
  /** ISO 8601. */
  readonly writtenAt: string
  /**
   * The way of its first attempt. A repetition takes the same one, as a key is known to one of them only: by the other, a
   * message whose acknowledgement was lost would arrive twice.
   */
  readonly way?: Way
  /**
   * `queued`: its next attempt has not begun; `waiting`: for a connection; `refused`: by the API, for good; `unsent`: it was
   * kept from before, until its user decides.
   */
  readonly status: 'queued' | 'sending' | 'waiting' | 'refused' | 'unsent' | 'sent'
  /** Reason of the refusal. */
  readonly error?: Error
  /** Id of the message, once it was acknowledged. */
  readonly id?: string
}

/** What was written: `outbox.add` adds the rest. */
export type Draft = Pick<Outgoing, 'conversationId' | 'text' | 'mediaIds' | 'after'>

/** Messages on their way, which go on while other pages are shown. */
export type Outbox = {
  readonly all: () => readonly Outgoing[]
  /** Calls back after each change. @returns ends it */
  readonly onChange: (listener: () => void) => () => void
  /** Begins with what a user has left unsent before, unless that is the user already. */
  readonly open: (userId: string) => void
  readonly add: (draft: Draft) => void
  /** Sends a message again, or one from before. */
  readonly retry: (key: string) => void
  readonly discard: (key: string) => void
  /** To be called when another tab has sent or discarded a message: this one does not, unless it is sending it already. */
  readonly dropped: (userId: string, key: string) => void
  /** To be called when there is a connection again: what waits is sent at once. */
  readonly resume: () => void
  /** Sends nothing more, as the session has ended. What was not sent is kept for its user. */
  readonly close: () => void
}

/** Time after which a message that waits is tried again without a sign of a connection, in ms. */
const pauseMs = 3_000

/** Whether a message is to be sent without its user's doing. */
const isDue = ({ status }: Outgoing): boolean => status === 'queued' || status === 'waiting'

/**
 * Creates an outbox, which sends one message after the other, in the order they were written.
 * @param ports.wayOf chooses the way of a message
 * @param ports.send sends a message; called again with the same key and way after a passing fault @returns its id
 * @param ports.isPassing whether another attempt may succeed
 * @param ports.unsent keeps messages until they are sent or discarded
 */
export const createOutbox = ({
  wayOf,
  send,
  isPassing,
  unsent,
}: {
  readonly wayOf: (message: Outgoing) => Promise<Way>
  readonly send: (message: Outgoing, way: Way) => Promise<string>
  readonly isPassing: (error: unknown) => boolean
  readonly unsent: UnsentMessages
}): Outbox => {
  let all: readonly Outgoing[] = []
  let owner: string | undefined
  let isRunning = false
  let wake = (): void => {}
  /** Keys of the messages that were stored: what is no longer there was sent or discarded by another tab. */
  const stored = new Set<string>()
  const listeners = new Set<() => void>()

  const become = (next: readonly Outgoing[]): void => {
    all = next
    for (const listener of listeners) listener()
  }
  const change = (key: string, to: Partial<Outgoing>): void =>
    become(all.map((one) => (one.key === key ? { ...one, ...to } : one)))
  const drop = (key: string): void => become(all.filter((one) => one.key !== key))
  const keep = (userId: string, message: Unsent): void => {
    if (unsent.keep(userId, message)) stored.add(message.key)
  }
  const isGone = (userId: string | undefined, key: string): boolean =>
    userId !== undefined && stored.has(key) && unsent.get(userId, key) === undefined
  /** The way of a message in all tabs: the one that is stored, or else a chosen one, which is stored. */
  const claim = (userId: string | undefined, message: Outgoing, chosen: Way): Way => {
    if (userId === undefined) return chosen
    const way = unsent.get(userId, message.key)?.way
    if (way === undefined) keep(userId, { ...message, way: chosen })
    return way ?? chosen
  }
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const attempt = async (message: Outgoing): Promise<void> => {
    const { key } = message
    // A session that ends meanwhile leaves the message to its user all the same.
    const userId = owner
    try {
      const chosen = message.way ?? (await wayOf(message))
      if (!all.some((one) => one.key === key && isDue(one))) return
      // The event of another tab's change may come after this attempt.
      if (isGone(userId, key)) return drop(key)
      const way = claim(userId, message, chosen)
      change(key, { status: 'sending', way })
      const id = await send(message, way)
      if (userId !== undefined) unsent.remove(userId, key)
      change(key, { status: 'sent', id })
    } catch (error) {
      if (isGone(userId, key)) drop(key)
      else if (isPassing(error)) {
        change(key, { status: 'waiting' })
        await pause()
      } else {
        const reason = error instanceof Error ? error : new Error(String(error))
        change(key, { status: 'refused', error: reason })
      }
    }
  }

  const run = async (): Promise<void> => {
    if (isRunning) return
    isRunning = true
    const next = () => all.find(isDue)
    for (let message = next(); message; message = next()) await attempt(message)
    isRunning = false
  }

  return {
    all: () => all,
    onChange: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    open: (userId) => {
      if (owner === userId) return
      owner = userId
      const found = unsent.of(userId)
      for (const { key } of found) stored.add(key)
      become(found.map((one) => ({ ...one, status: 'unsent' })))
    },
    add: (draft) => {
      const written = { ...draft, key: newId(), writtenAt: new Date().toISOString() }
      if (owner !== undefined) keep(owner, written)
      become([...all, { ...written, status: 'queued' }])
      void run()
    },
    retry: (key) => {
      change(key, { status: 'queued' })
      void run()
    },
    discard: (key) => {
      if (owner !== undefined) unsent.remove(owner, key)
      drop(key)
    },
    dropped: (userId, key) => {
      if (userId !== owner) return
      const isDropped = ({ key: own, status }: Outgoing): boolean =>
        own === key && status !== 'sending' && status !== 'sent'
      if (all.some(isDropped)) become(all.filter((one) => !isDropped(one)))
    },
    resume: () => wake(),
    close: () => {
      owner = undefined
      stored.clear()
      become([])
    },
  }
}
