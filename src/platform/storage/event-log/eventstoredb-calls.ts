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

/** Calls to EventStoreDB, each with a timeout. They fail with the errors of gRPC, or with `Unreachable`. */
export type Calls = {
  /** Sends an append. @param timeout of the answer, in ms */
  readonly append: (sent: readonly AppendMessage[], timeout: number) => Promise<AppendAnswer>
  /**
   * Sends appends without waiting in between. Resolves when all have been answered.
   * @param timeout longest time without an answer, in ms
   * @param answered called with the answers, in the order of the appends
   */
  readonly batchAppend: (
    sent: readonly BatchMessage[],
    timeout: number,
    answered: (answer: BatchAnswer) => void,
  ) => Promise<void>
  /** Reads to the end. @param timeout longest time without a message, in ms @param signal cancels the call */
  readonly read: (
    request: ReadRequest,
    timeout: number,
    signal?: AbortSignal,
  ) => Promise<readonly ReadAnswer[]>
  /** Reads without end. `ended` is called once, unless the subscription was stopped by its caller. */
  readonly subscribe: (
    request: ReadRequest,
    received: (answer: ReadAnswer) => void,
    ended: (error: unknown) => void,
  ) => Subscription
  readonly isUp: () => boolean
  /** Aborts when the log is closed. */
  readonly closing: AbortSignal
  /** Time of the last answer of the server, in ms of `performance.now()`. */
  readonly heardAt: () => number
  readonly close: () => void
}

/** A call without end. */
export type Subscription = {
  readonly pause: () => void
  readonly resume: () => void
  readonly stop: () => void
}

/** The caller cancelled the call; the error implies nothing about the server. */
class GivenUp extends Error {
  override name = 'GivenUp'
}

/** The common part of all calls. */
type Cancellable = { readonly cancel: () => void }

/** Opens calls to EventStoreDB; the connection is opened with the first call. @param url connection string */
export const callsTo = (url: string): Calls => {
  const connection = connect(url)
  const stops = new Set<(error: unknown) => void>()
  const closing = new AbortController()
  let heardAt = performance.now()
  const answered = () => {
    heardAt = performance.now()
    connection.answered()
  }

  /** Runs a call until it is settled, once; later events of the call are ignored. */
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
      // A call that is cancelled in the turn in which it began may throw an error that cannot be caught.
      setImmediate(() => call?.cancel())
    }
    stops.add(stop)
    connection.client().then((opened) => {
      if (over) return
      client = opened
      try {
        call = start(opened, settle)
      } catch (error) {
        // The failure of another call has just closed the channel.
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
              answered()
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

    batchAppend: (sent, timeout, onAnswer) =>
      new Promise((resolve, reject) => {
        let next = 0
        const early = new Map<string, BatchAnswer>()
        const timer = setTimeout(() => stop(new Unreachable('No answer in time')), timeout)
        const stop = calling(
          (client, settle) => {
            const call = client.batchAppend(connection.metadata())
            call.on('data', (answer: BatchAnswer) => {
              answered()
              timer.refresh()
              early.set(idOf(answer.getCorrelationId()), answer)
              // Answers may arrive in another order than the appends were sent.
              for (; next < sent.length; next += 1) {
                const id = idOf(sent[next]!.getCorrelationId())
                const found = early.get(id)
                if (!found) return
                early.delete(id)
                onAnswer(found)
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
        const giveUp = () => stop(new GivenUp('The caller cancelled the read'))
        signal?.addEventListener('abort', giveUp)
        const stop = calling(
          (client, settle) => {
            const call = client.read(request, connection.metadata())
            call.on('data', (answer: ReadAnswer) => {
              answered()
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
            answered()
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
            answered()
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
