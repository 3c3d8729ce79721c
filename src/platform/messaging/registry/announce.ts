import { setTimeout as pause } from 'node:timers/promises'
import type { Announcement, Registry } from './port.ts'

/** An instance that has announced itself. */
export type Announced = {
  /** Takes it out of the registry, and says nothing more of it. Does not fail: the others will miss its heartbeats. */
  readonly withdraw: () => Promise<void>
}

/**
 * Enters an instance in the registry and lets it be heard of, for as long as the process lives. What fails is tried
 * again.
 * @param options.every how often it says that it lives, in ms; default 2,000
 * @param options.onError told of every failure
 */
export const announce = async (
  registry: Registry,
  instance: Announcement,
  {
    every = 2_000,
    onError,
  }: { readonly every?: number; readonly onError: (error: unknown) => void },
): Promise<Announced> => {
  const stop = new AbortController()
  const { signal } = stop

  const beat = async (): Promise<void> => {
    try {
      // Whoever was away for too long is not known any more.
      if (!(await registry.heartbeat(instance.id)) && !signal.aborted)
        await registry.register(instance)
    } catch (error) {
      onError(error)
    }
  }

  const beating = async (): Promise<void> => {
    while (!signal.aborted) {
      await beat()
      await pause(every, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  await registry.register(instance).catch(onError)
  const running = beating()

  return {
    withdraw: async () => {
      stop.abort()
      await running
      await registry.deregister(instance.id).catch(onError)
    },
  }
}
