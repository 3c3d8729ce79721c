import type { DirectUploads } from './port.ts'

/**
 * Uploads past Agora into a store and an earlier one: new ones are sent to the present store alone, those of both are found, listed
 * and removed.
 * @param current undefined where the present store takes none
 */
export const movingDirect = (
  current: DirectUploads | undefined,
  earlier: DirectUploads,
): DirectUploads => ({
  offer: async (upload) => current?.offer(upload),
  arrived: async (id) => (await current?.arrived(id)) ?? earlier.arrived(id),
  remove: async (id) => {
    await earlier.remove(id)
    await current?.remove(id)
  },
  list: async function* () {
    yield* earlier.list()
    if (current) yield* current.list()
  },
})
