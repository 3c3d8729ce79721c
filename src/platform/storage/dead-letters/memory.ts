import { derivedUuid } from '#kernel'
import type { DeadLetter, DeadLetters, Follower } from './port.ts'

/** Dead letters in the memory of one process. */
export const memoryDeadLetters = (): DeadLetters => {
  const letters = new Map<string, DeadLetter>()
  const requests = new Set<string>()
  const of = ({ kind, name, generation }: Follower) =>
    [...letters.values()].filter(
      (letter) => letter.kind === kind && letter.name === name && letter.generation === generation,
    )
  return {
    park: async ({ kind, name, generation }, { key, position, type, error }) => {
      const id = derivedUuid(kind, name, String(generation), key)
      const before = letters.get(id)
      requests.delete(id)
      letters.set(id, {
        ...(before ?? { id, kind, name, generation, key, position, type }),
        error,
        attempts: (before?.attempts ?? 0) + 1,
        at: new Date().toISOString(),
      })
    },
    request: async ({ kind, name, generation }, { key, position, type, error }) => {
      const id = derivedUuid(kind, name, String(generation), key)
      const { position: first = position } = letters.get(id) ?? {}
      const at = new Date().toISOString()
      letters.set(id, {
        id,
        kind,
        name,
        generation,
        key,
        position: first,
        type,
        error,
        attempts: 1,
        at,
      })
      requests.add(id)
    },
    list: async (follower) => (follower ? of(follower) : [...letters.values()].toReversed()),
    counts: async () =>
      [...Map.groupBy(letters.values(), ({ kind, name }) => `${kind} ${name}`).values()].flatMap(
        (all) => all.slice(0, 1).map(({ kind, name }) => ({ kind, name, count: all.length })),
      ),
    requestRetry: async (id) => letters.has(id) && Boolean(requests.add(id)),
    requested: async (follower) => of(follower).filter(({ id }) => requests.has(id)),
    resolve: async (id) => {
      letters.delete(id)
      requests.delete(id)
    },
  }
}
