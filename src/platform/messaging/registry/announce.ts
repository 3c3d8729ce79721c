import { setTimeout as pause } from 'node:timers/promises'
import type { Announcement, Registry } from './port.ts'

/** A registered instance. */
export type Announced = {
  /** Deregisters the instance, and ends its heartbeats. Does not fail: without heartbeats the registration expires. */
  readonly withdraw: () => Promise<void>
}

/**
 * Registers an instance, and sends its heartbeats until it is withdrawn. Failures are retried.
 * @param options.every interval of the heartbeats, in ms; default 2,000
 * @param options.onError called with every failure
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
      // A registration without recent heartbeats has expired.
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
