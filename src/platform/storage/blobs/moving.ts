import { movingDirect } from './moving-direct.ts'
import type { Blobs } from './port.ts'

/** Most blobs that one call moves. */
const mostAtOnce = 500

/**
 * A store with an earlier one whose blobs move to it. Each blob is read where it is; new ones are stored in the present store.
 * @param options.onEmpty called when a call has found nothing left in the earlier store
 */
export const movingBlobs = (
  current: Blobs,
  earlier: Blobs,
  { onEmpty }: { readonly onEmpty: () => Promise<void> },
): Blobs => {
  /** Asks both; once more the present one, as a blob may move in between. */
  const first = async <T>(ask: (of: Blobs) => Promise<T | undefined>): Promise<T | undefined> =>
    (await ask(current)) ?? (await ask(earlier)) ?? (await ask(current))

  const move = async (key: string): Promise<void> => {
    if ((await current.sizeOf(key)) === undefined) {
      const bytes = await earlier.read(key)
      if (!bytes) return
      await using staged = await current.stage(bytes)
      // Removed meanwhile, or moved by another process. A removal after this leaves bytes that no file has, for the sweep: after the
      // commit, the two cannot be told apart.
      if ((await earlier.sizeOf(key)) === undefined) return
      await staged.commit(key)
    }
    await earlier.remove(key)
  }

  const direct = earlier.direct ? movingDirect(current.direct, earlier.direct) : current.direct

  return {
    driver: current.driver,
    stage: current.stage,
    read: (key, range) => first((of) => of.read(key, range)),
    sizeOf: (key) => first((of) => of.sizeOf(key)),
    remove: async (key) => {
      const removed = [await earlier.remove(key), await current.remove(key)]
      return removed.includes(true)
    },
    list: async function* () {
      yield* earlier.list()
      yield* current.list()
    },
    removeLeftovers: async () => {
      await earlier.removeLeftovers()
      await current.removeLeftovers()
    },
    moveFromEarlier: async () => {
      let count = 0
      for await (const { key } of earlier.list()) {
        await move(key)
        count += 1
        if (count === mostAtOnce) return count
      }
      if (count === 0) await onEmpty()
      return count
    },
    ...(direct && { direct }),
  }
}
