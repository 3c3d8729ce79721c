import { setTimeout as pause } from 'node:timers/promises'
import { Unavailable } from '../../unavailable.ts'
import type { Queue, QueueWorker } from './port.ts'

/**
 * A queue whose workers may be started while its store is away: they begin when it is there.
 * @param options.every how often to try, ms; default 1,000
 * @param options.onError told of every attempt that failed
 */
export const retryWorkerStart = (
  queue: Queue,
  {
    every = 1_000,
    onError = () => undefined,
  }: { readonly every?: number; readonly onError?: (error: unknown) => void } = {},
): Queue => {
  const stopping = new AbortController()
  const { signal } = stopping
  /** Workers that are being started: the queue does not know them yet. */
  const starting = new Set<Promise<QueueWorker | undefined>>()
  return {
    ...queue,
    work: async (...work) => {
      let stopped = false
      const begin = async (): Promise<QueueWorker | undefined> => {
        while (!stopped && !signal.aborted) {
          try {
            return await queue.work(...work)
          } catch (error) {
            if (!(error instanceof Unavailable)) throw error
            onError(error)
            await pause(every, undefined, { signal, ref: false }).catch(() => undefined)
          }
        }
        return undefined
      }
      const begun = begin()
      begun.catch(onError)
      starting.add(begun)
      const started = () => void starting.delete(begun)
      begun.then(started, started)
      return {
        stop: async () => {
          stopped = true
          await (await begun)?.stop()
        },
      }
    },
    close: async () => {
      stopping.abort()
      const late = [...starting]
      await queue.close()
      await Promise.all(late.map(async (begun) => (await begun.catch(() => undefined))?.stop()))
    },
  }
}
