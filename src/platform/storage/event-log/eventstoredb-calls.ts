import { idOf } from '../../engines/eventstoredb/uuid.ts'
import { connect, type StreamsClient } from './eventstoredb-connection.ts'
import { Unreachable } from './eventstoredb-failures.ts'
import type {
  AppendAnswer,
  AppendMessage,
  BatchAnswer,
  BatchMessage,
  ReadAnswer,
  ReadRequest,
} from './eventstoredb-messages.ts'

/** Calls to EventStoreDB; none of them outlives its time. They fail with the errors of gRPC, or with `Unreachable`. */
export type Calls = {
  /** @param timeout ms until the answer has to be there */
  readonly append: (sent: readonly AppendMessage[], timeout: number) => Promise<AppendAnswer>
  /**
   * Appends without waiting in between. Resolves when each has been answered.
   * @param timeout ms that may pass without an answer
   * @param answered called with the answers, in the order of what was sent
   */
  readonly batchAppend: (
    sent: readonly BatchMessage[],
    timeout: number,
    answered: (answer: BatchAnswer) => void,
  ) => Promise<void>
  /** Reads to the end. @param timeout ms that may pass without a message @param signal gives up */
  readonly read: (
    request: ReadRequest,
    timeout: number,
    signal?: AbortSignal,
  ) => Promise<readonly ReadAnswer[]>
  /** Reads without end. `ended` is called once, unless it was stopped from here. */
  readonly subscribe: (
    request: ReadRequest,
    heard: (answer: ReadAnswer) => void,
    ended: (error: unknown) => void,
  ) => Subscription
  readonly isUp: () => boolean
  /** Aborts when the log is closed. */
  readonly closing: AbortSignal
  /** When the server was heard of last, in ms of `performance.now()`. */
  readonly heardAt: () => number
  readonly close: () => void
}

/** A call without end. */
export type Subscription = {
  readonly pause: () => void
  readonly resume: () => void
  readonly stop: () => void
}

/** The caller does not want the answer any more; this says nothing about the server. */
class GivenUp extends Error {
  override name = 'GivenUp'
}

/** What every kind of call can do. */
type Cancellable = { readonly cancel: () => void }

/** Opens the way to EventStoreDB; nothing is sent before the first call. @param url its connection string */
export const callsTo = (url: string): Calls => {
  const connection = connect(url)
  const stops = new Set<(error: unknown) => void>()
  const closing = new AbortController()
  let heardAt = performance.now()
  const heard = () => {
    heardAt = performance.now()
    connection.answered()
  }

  /** Runs a call until it is settled, once; whatever happens to it afterwards is no news. */
  const calling = (
    start: (client: StreamsClient, settle: (error?: unknown) => void) => Cancellable,
    settled: (error: unknown) => void,
  ) => {
    let call: Cancellable | undefined
    let client: StreamsClient | undefined
    let over = false
    const settle = (error?: unknown) => {
      if (over) return
      over = true
      stops.delete(stop)
      if (error !== undefined && client) connection.failed(client, error)
      settled(error)
    }
    const stop = (error?: unknown) => {
      settle(error)
      // A call that is cancelled in the turn in which it began may throw where nobody listens.
      setImmediate(() => call?.cancel())
    }
    stops.add(stop)
    connection.client().then((opened) => {
      if (over) return
      client = opened
      try {
        call = start(opened, settle)
      } catch (error) {
        // Somebody else's failure closed the channel in this very moment.
        settle(new Unreachable('The call could not be sent', { cause: error }))
      }
    }, settle)
    return stop
  }

  return {
    append: (sent, timeout) =>
      new Promise((resolve, reject) => {
        let answer: AppendAnswer | undefined
        const timer = setTimeout(() => stop(new Unreachable('No answer in time')), timeout)
        const stop = calling(
          (client, settle) => {
            const deadline = Date.now() + timeout
            const call = client.append(connection.metadata(), { deadline }, (error, given) => {
              if (error) return settle(error)
              heard()
              answer = given
              settle()
            })
            call.on('error', settle)
            for (const message of sent) call.write(message)
            call.end()
            return call
          },
          (error) => {
            clearTimeout(timer)
            if (answer) resolve(answer)
            else reject(error)
          },
        )
      }),

    batchAppend: (sent, timeout, answered) =>
      new Promise((resolve, reject) => {
        let next = 0
        const early = new Map<string, BatchAnswer>()
        const timer = setTimeout(() => stop(new Unreachable('No answer in time')), timeout)
        const stop = calling(
          (client, settle) => {
            const call = client.batchAppend(connection.metadata())
            call.on('data', (answer: BatchAnswer) => {
              heard()
              timer.refresh()
              early.set(idOf(answer.getCorrelationId()), answer)
              // Answers may overtake each other.
              for (; next < sent.length; next += 1) {
                const id = idOf(sent[next]!.getCorrelationId())
                const found = early.get(id)
                if (!found) return
                early.delete(id)
                answered(found)
              }
              settle()
            })
            call.on('error', settle)
            call.on('end', () => settle(new Unreachable('The server ended the call')))
            for (const message of sent) call.write(message)
            call.end()
            return call
          },
          (error) => {
            clearTimeout(timer)
            if (error === undefined) resolve()
            else reject(error)
          },
        )
      }),

    read: (request, timeout, signal) =>
      new Promise((resolve, reject) => {
        const answers: ReadAnswer[] = []
        const timer = setTimeout(() => stop(new Unreachable('No answer in time')), timeout)
        const giveUp = () => stop(new GivenUp('Nobody waits for the answer'))
        signal?.addEventListener('abort', giveUp)
        const stop = calling(
          (client, settle) => {
            const call = client.read(request, connection.metadata())
            call.on('data', (answer: ReadAnswer) => {
              heard()
              timer.refresh()
              answers.push(answer)
            })
            call.on('error', settle)
            call.on('end', () => settle())
            return call
          },
          (error) => {
            clearTimeout(timer)
            signal?.removeEventListener('abort', giveUp)
            if (error !== undefined) return reject(error)
            heard()
            resolve(answers)
          },
        )
      }),

    subscribe: (request, take, ended) => {
      let call: ReturnType<StreamsClient['read']> | undefined
      let paused = false
      let stopped = false
      const stop = calling(
        (client, settle) => {
          call = client.read(request, connection.metadata())
          call.on('data', (answer: ReadAnswer) => {
            heard()
            if (!stopped) take(answer)
          })
          call.on('error', settle)
          call.on('end', () => settle(new Unreachable('The server ended the subscription')))
          if (paused) call.pause()
          return call
        },
        (error) => {
          if (!stopped) ended(error)
        },
      )
      return {
        pause: () => {
          paused = true
          call?.pause()
        },
        resume: () => {
          paused = false
          call?.resume()
        },
        stop: () => {
          stopped = true
          stop()
        },
      }
    },

    isUp: connection.isUp,
    closing: closing.signal,
    heardAt: () => heardAt,
    close: () => {
      closing.abort()
      for (const stop of stops) stop(new Unreachable('The log is closed'))
      setImmediate(connection.close)
    },
  }
}
