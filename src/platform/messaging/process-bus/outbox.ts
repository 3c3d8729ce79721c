import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { backOff } from '../../back-off.ts'
import { Unavailable } from '../../unavailable.ts'
import type { ProcessBus, ProcessBusOptions } from './port.ts'

/** Limit of messages that wait for an unavailable store. */
const mostWaiting = 10_000

/** Limit of messages in one round trip. */
const batch = 200

/** Backoff between attempts, in ms. */
const pauses = { first: 20, most: 1_000 }

/** The time that closing waits for pending messages, in ms. */
const grace = 500

/** Limit of senders whose last number is stored; processes are replaced over time. */
const mostSenders = 1_000

type Envelope = {
  /** Id of the sender. */
  readonly teller: string
  /** Number of the message, counted by its sender. */
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

/** A store that delivers lines to all processes, the senders included, in order and at least once. */
export type Store = {
  /** Stores lines. @throws when it is unknown whether they were stored; they are sent again */
  readonly put: (lines: readonly string[]) => Promise<void>
  /** Stops the delivery. */
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
 * A process bus over a store that may be unavailable and may deliver a line twice. Each sender numbers its messages and sends
 * each until it is acknowledged; receivers skip repetitions, so that each message is received once and in order.
 * @param open opens the store, given the function to call with each delivered line
 */
export const throughStore = async (
  open: (deliver: (line: string) => void) => Promise<Store>,
  { timeoutMs = 30_000, onError = () => undefined }: ProcessBusOptions,
): Promise<ProcessBus> => {
  const teller = randomUUID()
  const listeners = new Map<string, Set<(message: unknown) => void>>()
  /** The number of the last message of each sender, the least recently active sender first. */
  const lastOf = new Map<string, number>()
  const waiting: Waiting[] = []
  const stop = new AbortController()
  let published = 0
  let sending: Promise<void> | undefined

  const deliver = (line: string): void => {
    try {
      const envelope: unknown = JSON.parse(line)
      if (!isEnvelope(envelope)) return
      const last = lastOf.get(envelope.teller) ?? -1
      if (envelope.nth <= last) return
      lastOf.delete(envelope.teller)
      lastOf.set(envelope.teller, envelope.nth)
      if (lastOf.size > mostSenders) lastOf.delete(lastOf.keys().next().value ?? '')
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

  const store = await open(deliver)

  /** Rejects messages whose timeout is over; they are at the front, as the oldest. */
  const rejectExpired = (cause: unknown): void => {
    const now = performance.now()
    while (waiting[0] && (waiting[0].until <= now || stop.signal.aborted))
      waiting
        .shift()
        ?.reject(new Unavailable('The store of the process bus cannot be reached', { cause }))
  }

  const send = async (): Promise<void> => {
    // Begins in a microtask, so that messages published in the same turn go in one batch.
    await Promise.resolve()
    const backingOff = backOff(pauses)
    let isAway = false
    while (waiting.length > 0) {
      const some = waiting.slice(0, batch)
      try {
        await store.put(some.map(({ line }) => line))
        waiting.splice(0, some.length)
        for (const { resolve } of some) resolve()
        backingOff.reset()
        isAway = false
      } catch (error) {
        if (!isAway) onError(error)
        isAway = true
        rejectExpired(error)
        await backingOff.wait(stop.signal)
      }
    }
    sending = undefined
  }

  return {
    publish: (topic, message) =>
      new Promise((resolve, reject) => {
        if (stop.signal.aborted || waiting.length >= mostWaiting)
          return reject(new Unavailable('Too many messages wait for the process bus'))
        const envelope: Envelope = { teller, nth: published++, topic, message }
        const until = performance.now() + timeoutMs
        waiting.push({ line: JSON.stringify(envelope), until, resolve, reject })
        sending ??= send()
      }),
    subscribe: (topic, listener) => {
      const ofTopic = listeners.get(topic) ?? new Set()
      listeners.set(topic, ofTopic.add(listener))
      return () => void ofTopic.delete(listener)
    },
    close: async () => {
      const flushed = new AbortController()
      await Promise.race([
        sending,
        pause(grace, undefined, { signal: flushed.signal }).catch(() => undefined),
      ])
      flushed.abort()
      stop.abort()
      listeners.clear()
      await store.close()
      await sending
    },
  }
}
