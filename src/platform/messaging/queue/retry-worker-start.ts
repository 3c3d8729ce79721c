import { setTimeout as pause } from 'node:timers/promises'
import { Unavailable } from '../../unavailable.ts'
import type { Queue, QueueWorker } from './port.ts'

/**
 * A queue whose workers may be started during an outage of its store: they begin when the store is available.
 * @param options.every interval of the attempts, in ms; default 1,000
 * @param options.onError called with the error of every failed attempt
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
  /** Workers that are starting, which the queue does not stop itself. */
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
