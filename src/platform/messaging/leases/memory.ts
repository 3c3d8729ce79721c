import type { Leases } from './port.ts'

/** Leases among the users of this object: for tests in which several runtimes stand for several processes. */
export const memoryLeases = (): Leases => {
  const queues = new Map<string, Promise<void>>()
  return {
    acquire: async (name, signal) => {
      signal.throwIfAborted()
      const before = queues.get(name) ?? Promise.resolve()
      const mine = Promise.withResolvers<void>()
      queues.set(
        name,
        before.then(() => mine.promise),
      )
      const leave = (): void => mine.resolve()
      signal.addEventListener('abort', leave, { once: true })
      await Promise.race([before, mine.promise])
      signal.removeEventListener('abort', leave)
      signal.throwIfAborted()
      return {
        lost: new AbortController().signal,
        isHeld: () => true,
        release: async () => mine.resolve(),
      }
    },
    close: async () => undefined,
  }
}
