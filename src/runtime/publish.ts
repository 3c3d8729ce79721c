import type { RecordedEvent } from '#kernel'
import { stackOf } from '#kernel/error-message'
import {
  MessageRefused,
  type Bridge,
  type BridgeMessage,
  type Line,
} from '../platform/messaging/bridge/port.ts'
import type { Control } from '../platform/messaging/control/port.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import type { Checkpoints } from '../platform/storage/checkpoints/port.ts'
import {
  requestTypes,
  type DeadLetters,
  type Follower,
} from '../platform/storage/dead-letters/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { cloudEventsOf, type PublishedBy } from './cloud-event.ts'
import type { Feed } from './feed.ts'
import { followLog } from './follow-log.ts'
import type { NewerEvents } from './newer-events.ts'
import { publisherOf } from './publisher-name.ts'
import type { Following } from './traced-followers.ts'

/** Most messages of one publish, and their bytes: what is in memory besides the slice of the log. */
const mostAtOnce = { messages: 1_000, bytes: 4 * 1_024 * 1_024 }

/** Slices of the log that are prepared while one is published. */
const window = 2

/** A message, with the event that it was made of. */
type Outgoing = { readonly event: RecordedEvent; readonly message: BridgeMessage }

/** A message, or why an event cannot be converted. */
type Prepared = Outgoing | Failed

/** An event that cannot be published, and why. */
type Failed = { readonly event: RecordedEvent; readonly error: unknown }

export type Publishing = {
  readonly bridge: Bridge
  readonly published: readonly PublishedBy[]
  /** Names of the personal fields that are published all the same: `PostCreated.content`. */
  readonly personal: ReadonlySet<string>
  /** Whether the first publisher begins with the first event of the log, or with the next one. */
  readonly from: 'start' | 'now'
  readonly feed: Feed
  readonly log: Pick<EventLog, 'read' | 'head'>
  readonly leases: Leases
  readonly checkpoints: Checkpoints
  readonly control: Control
  readonly letters: DeadLetters
  readonly newer: NewerEvents
  /** Called with the number of messages that the broker has confirmed. */
  readonly onPublished?: (count: number) => void
  readonly onError: (error: unknown, name: string) => void
  readonly trace?: ((name: string) => Following) | undefined
}

/** What was sent of a slice beside the one before it. */
type Ahead = {
  readonly sent: Promise<void>
  /** Number of disturbances when it was sent: after a further one, its outcome says nothing. */
  readonly since: number
}

const inParts = (all: readonly Outgoing[]): readonly (readonly Outgoing[])[] => {
  const parts: Outgoing[][] = []
  let bytes = Infinity
  for (const one of all) {
    bytes += one.message.body.length
    if (bytes > mostAtOnce.bytes || (parts.at(-1)?.length ?? 0) >= mostAtOnce.messages) {
      parts.push([])
      bytes = one.message.body.length
    }
    parts.at(-1)!.push(one)
  }
  return parts
}

/**
 * Publishes the events of the log to a broker: one process at a time, in the order of each stream, at least once. The
 * checkpoint passes an event once the broker has confirmed it, or once the letter of its stream is durable. A message
 * that the broker refuses for good parks its stream: later events of the stream wait for the operator's retry, which
 * publishes all of them in order; or for a skip, which leaves the refused one out.
 * @param broker its name: `rabbitmq`, `kafka`, `nats`
 * @returns when the signal is aborted
 */
export const publish = async (
  broker: string,
  signal: AbortSignal,
  {
    bridge,
    published,
    personal,
    from,
    log,
    letters,
    onPublished,
    onError,
    trace,
    ...deps
  }: Publishing,
): Promise<void> => {
  const name = publisherOf(broker)
  const follower: Follower = { kind: 'bridge', name: broker, generation: 0 }
  const messagesOf = new Map(published.map((one) => [one.event, cloudEventsOf(one, personal)]))
  const traced = trace?.(`publish ${broker}`)

  const begin = async (run: AbortSignal) => {
    // Stored before the first event: a failed first publish, and a later change of `from`, skip nothing.
    await deps.checkpoints.begin(name, from === 'now' ? await log.head() : 0n)
    const parked = new Set((await letters.list(follower)).map(({ key }) => key))

    const park = async (
      { stream, position, type }: RecordedEvent,
      error: unknown,
    ): Promise<void> => {
      await letters.park(follower, { key: stream, position, type, error: stackOf(error) })
      parked.add(stream)
      onError(error, name)
    }

    /** Converts events, where they are published. */
    const prepare = (events: readonly RecordedEvent[]): readonly Prepared[] => {
      const prepared: Prepared[] = []
      for (const event of events)
        try {
          const message = messagesOf.get(event.type)?.(event)
          if (message) prepared.push({ event, message })
        } catch (error) {
          prepared.push({ event, error })
        }
      return prepared
    }

    /** The events of streams that are not parked. */
    const unparked = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
      parked.size === 0 ? events : events.filter(({ stream }) => !parked.has(stream))

    const send = async (some: readonly Outgoing[], over: Line = bridge): Promise<void> => {
      if (some.length === 0) return
      await over.publish(
        some.map(({ message }) => message),
        run,
      )
      onPublished?.(some.length)
    }

    /** Publishes one after the other, to find those that the broker refuses. @param refused their streams */
    const sendEach = async (some: readonly Outgoing[], refused: Set<string>): Promise<void> => {
      for (const one of some)
        if (!refused.has(one.event.stream))
          await send([one]).catch(async (error: unknown) => {
            if (!(error instanceof MessageRefused)) throw error
            await park(one.event, error)
            refused.add(one.event.stream)
          })
    }

    /** The calls that overlap; the last slice that was sent whole over them; and how often one was refused. */
    const line: { over: Line; last: number; disturbed: number } = {
      over: bridge,
      last: 0,
      disturbed: 0,
    }
    /** Sends a slice that the next one may be sent beside. */
    const sendInLine = (nth: number, outgoing: readonly Outgoing[]): Promise<void> => {
      line.last = nth
      return send(outgoing, line.over)
    }
    const newLine = (): void => {
      line.over = bridge.line?.() ?? bridge
    }

    /**
     * Publishes a slice once those before it are done with.
     * @param nth number of the slice
     * @param ahead what was sent of it before
     */
    const publishAll = async (
      nth: number,
      prepared: readonly Prepared[],
      ahead: Ahead | undefined,
    ): Promise<void> => {
      const began = traced?.now() ?? 0
      const outgoing: Outgoing[] = []
      for (const one of prepared) {
        if (parked.has(one.event.stream)) continue
        // What comes before it in its stream is sent below.
        if ('error' in one) await park(one.event, one.error)
        else outgoing.push(one)
      }
      const refused = new Set<string>()
      const sendRest = (left: readonly Outgoing[]) => (error: unknown) => {
        if (!(error instanceof MessageRefused)) throw error
        line.disturbed += 1
        return sendEach(left, refused)
      }
      const parts = inParts(outgoing)
      if (ahead?.since === line.disturbed) await ahead.sent.catch(sendRest(outgoing))
      else if (parts.length === 1) {
        newLine()
        await sendInLine(nth, outgoing).catch(sendRest(outgoing))
      } else
        for (const part of parts) {
          const left = part.filter(({ event }) => !refused.has(event.stream))
          await send(left).catch(sendRest(left))
        }
      traced?.done(
        outgoing.map(({ event }) => event),
        began,
      )
    }

    /** @throws the error, unless it is of the message itself: a broker that is away ends this run */
    const refusalOnly = (error: unknown): void => {
      if (run.aborted || !(error instanceof MessageRefused)) throw error
    }

    /** Publishes one after the other. @returns the first that the broker refuses, after which none is published */
    const sendUntilRefused = async (some: readonly Outgoing[]): Promise<Failed | undefined> => {
      for (const one of some) {
        let failed: Failed | undefined
        await send([one]).catch((error: unknown) => {
          refusalOnly(error)
          failed = { event: one.event, error }
        })
        if (failed) return failed
      }
      return undefined
    }

    /**
     * Publishes what a parked stream has recorded from an event up to a position.
     * @returns the event that is refused, or cannot be converted, once those before it are published; undefined when all of
     *   them are
     */
    const sendStream = async (
      stream: string,
      since: bigint,
      to: bigint,
    ): Promise<Failed | undefined> => {
      for (let revision = 0; ;) {
        const events = await log.read(stream, { from: revision })
        const missed: Outgoing[] = []
        let failed: Failed | undefined
        for (const one of prepare(
          events.filter(({ position }) => position >= since && position <= to),
        )) {
          if ('error' in one) {
            failed = one
            break
          }
          missed.push(one)
        }
        for (const part of inParts(missed)) {
          let isRefused = false
          await send(part).catch((error: unknown) => {
            refusalOnly(error)
            isRefused = true
          })
          const refused = isRefused ? await sendUntilRefused(part) : undefined
          if (refused) return refused
        }
        if (failed) return failed
        const last = events.at(-1)
        if (!last || last.position >= to) return undefined
        revision = last.revision + 1
      }
    }

    const retry = async (position: bigint): Promise<void> => {
      for (const letter of await letters.requested(follower)) {
        const { id, key, position: refused, type: requested } = letter
        const since = requested === requestTypes.skip ? refused + 1n : refused
        const failed = await sendStream(key, since, position)
        if (failed) {
          const { position: at, type } = failed.event
          const error = stackOf(failed.error)
          // Of its own type: a letter that stayed a skip would make a later retry one.
          if (at === refused)
            await letters.park(follower, { key, position: at, type, error }, requested)
          else await letters.advance(id, { position: at, type, error })
          continue
        }
        await letters.resolve(letter.id)
        parked.delete(letter.key)
      }
    }

    let tail = Promise.resolve()
    let taken = 0
    /** Number of slices that are not done with. */
    let open = 0

    /** Sends a slice beside the one before it, where that one was sent whole, and this one can be. */
    const sendAhead = (nth: number, prepared: readonly Prepared[]): Ahead | undefined => {
      if (!bridge.line || (open > 0 && line.last !== nth - 1)) return undefined
      const outgoing = prepared.filter((one) => 'message' in one)
      if (outgoing.length < prepared.length || inParts(outgoing).length !== 1) return undefined
      if (open === 0) newLine()
      const sent = sendInLine(nth, outgoing)
      // Its outcome is looked at in its turn.
      sent.catch(() => undefined)
      return { sent, since: line.disturbed }
    }

    return {
      take: ({ events }: { readonly events: readonly RecordedEvent[] }): Promise<void> => {
        // A slice that fails has no successors: what comes after it is not published.
        // Converted while earlier ones are being published; what cannot be converted is parked in its turn.
        const prepared = prepare(unparked(events))
        taken += 1
        const nth = taken
        const ahead = sendAhead(nth, prepared)
        open += 1
        tail = tail
          .then(() => publishAll(nth, prepared, ahead))
          .then(() => {
            open -= 1
          })
        return tail
      },
      news: retry,
    }
  }

  await followLog(name, signal, {
    ...deps,
    types: [...messagesOf.keys()],
    window,
    begin,
    onError: (error) => onError(error, name),
  })
}
