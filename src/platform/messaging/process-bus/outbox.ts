import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Unavailable } from '../../unavailable.ts'
import type { Between, BetweenOptions } from './port.ts'

/** So many messages may wait for a store that is away. */
const mostWaiting = 10_000

/** So many messages go in one round trip. */
const batch = 200

/** The pauses between attempts, ms. */
const pauses = { first: 20, most: 1_000 }

/** The time that closing waits for pending messages, in ms. */
const grace = 500

/** So many tellers are remembered; processes come and go. */
const mostTellers = 1_000

type Envelope = {
  readonly teller: string
  /** Counts the messages of its teller. */
  readonly nth: number
  readonly topic: string
  readonly message: unknown
}

type Waiting = {
  readonly line: string
  readonly until: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** A store that passes lines on to all processes, the senders included; twice, perhaps, but never out of order. */
export type Store = {
  /** @throws when it does not know that they were taken: they are put again */
  readonly put: (lines: readonly string[]) => Promise<void>
  /** Ends what it follows. */
  readonly close: () => Promise<void>
}

const isEnvelope = (value: unknown): value is Envelope =>
  typeof value === 'object' &&
  value !== null &&
  'teller' in value &&
  typeof value.teller === 'string' &&
  'nth' in value &&
  typeof value.nth === 'number' &&
  'topic' in value &&
  typeof value.topic === 'string' &&
  'message' in value

/**
 * Makes of a store that may be away, and may take a line twice, a way on which each message comes once and in order:
 * each sender numbers its messages, and sends each again until it is acknowledged.
 * @param open opens the store, given what is called with each line that comes from it
 */
export const throughStore = async (
  open: (taken: (line: string) => void) => Promise<Store>,
  { patience = 30_000, onError = () => undefined }: BetweenOptions,
): Promise<Between> => {
  const teller = randomUUID()
  const listeners = new Map<string, Set<(message: unknown) => void>>()
  /** The last message of each teller, the one heard of least lately first. */
  const heard = new Map<string, number>()
  const waiting: Waiting[] = []
  const stop = new AbortController()
  let told = 0
  let sending: Promise<void> | undefined

  const taken = (line: string): void => {
    try {
      const envelope: unknown = JSON.parse(line)
      if (!isEnvelope(envelope)) return
      const last = heard.get(envelope.teller) ?? -1
      if (envelope.nth <= last) return
      heard.delete(envelope.teller)
      heard.set(envelope.teller, envelope.nth)
      if (heard.size > mostTellers) heard.delete(heard.keys().next().value ?? '')
      for (const listener of listeners.get(envelope.topic) ?? [])
        try {
          listener(envelope.message)
        } catch (error) {
          onError(error)
        }
    } catch (error) {
      onError(error)
    }
  }

  const store = await open(taken)

  /** The oldest wait the longest: those whose time is over are at the front. */
  const giveUp = (cause: unknown): void => {
    const now = performance.now()
    while (waiting[0] && (waiting[0].until <= now || stop.signal.aborted))
      waiting
        .shift()
        ?.reject(new Unavailable('What connects the processes cannot be reached', { cause }))
  }

  const send = async (): Promise<void> => {
    // Whoever tells is not called back meanwhile, and may tell more in the same moment.
    await Promise.resolve()
    let wait = pauses.first
    while (waiting.length > 0) {
      const some = waiting.slice(0, batch)
      try {
        await store.put(some.map(({ line }) => line))
        waiting.splice(0, some.length)
        for (const { resolve } of some) resolve()
        wait = pauses.first
      } catch (error) {
        if (wait === pauses.first) onError(error)
        giveUp(error)
        await pause(wait, undefined, { signal: stop.signal }).catch(() => undefined)
        wait = Math.min(wait * 2, pauses.most)
      }
    }
    sending = undefined
  }

  return {
    tell: (topic, message) =>
      new Promise((resolve, reject) => {
        if (stop.signal.aborted || waiting.length >= mostWaiting)
          return reject(new Unavailable('Too much waits to be told to other processes'))
        const envelope: Envelope = { teller, nth: told++, topic, message }
        const until = performance.now() + patience
        waiting.push({ line: JSON.stringify(envelope), until, resolve, reject })
        sending ??= send()
      }),
    hear: (topic, listener) => {
      const those = listeners.get(topic) ?? new Set()
      listeners.set(topic, those.add(listener))
      return () => void those.delete(listener)
    },
    close: async () => {
      const enough = new AbortController()
      await Promise.race([
        sending,
        pause(grace, undefined, { signal: enough.signal }).catch(() => undefined),
      ])
      enough.abort()
      stop.abort()
      listeners.clear()
      await store.close()
      await sending
    },
  }
}
