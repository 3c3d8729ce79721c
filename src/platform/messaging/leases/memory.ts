import type { Leases } from './port.ts'

/** Leases among the users of this object: for tests in which several runtimes stand for several processes. */
export const memoryLeases = (): Leases => {
  const queues = new Map<string, Promise<void>>()
  return {
    acquire: async (name, signal) => {
      const before = queues.get(name) ?? Promise.resolve()
      const mine = Promise.withResolvers<void>()
      queues.set(
        name,
        before.then(() => mine.promise),
      )
      signal.addEventListener('abort', () => mine.resolve(), { once: true })
      await Promise.race([before, mine.promise])
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
