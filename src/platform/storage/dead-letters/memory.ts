import { derivedUuid } from '#kernel'
import {
  mostListed,
  requestTypes,
  type DeadLetter,
  type DeadLetters,
  type Follower,
} from './port.ts'

/** Dead letters in the memory of one process. */
export const memoryDeadLetters = (): DeadLetters => {
  const letters = new Map<string, DeadLetter>()
  const requests = new Set<string>()
  const of = ({ kind, name, generation }: Follower) =>
    [...letters.values()].filter(
      (letter) => letter.kind === kind && letter.name === name && letter.generation === generation,
    )
  return {
    park: async ({ kind, name, generation }, { key, position, type, error }, answered) => {
      const id = derivedUuid(kind, name, String(generation), key)
      const before = letters.get(id)
      const isNewer =
        requests.has(id) &&
        answered !== undefined &&
        before !== undefined &&
        before.type !== answered
      if (!isNewer) requests.delete(id)
      letters.set(id, {
        ...(before ?? { id, kind, name, generation, key, position }),
        type: before && (isNewer || before.position !== position) ? before.type : type,
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
    advance: async (id, to) => {
      const before = letters.get(id)
      if (!before) return
      requests.delete(id)
      letters.set(id, { ...before, ...to, attempts: 1, at: new Date().toISOString() })
    },
    list: async (follower) =>
      follower ? of(follower) : [...letters.values()].slice(-mostListed).toReversed(),
    find: async (id) => letters.get(id),
    counts: async () =>
      [...Map.groupBy(letters.values(), ({ kind, name }) => `${kind} ${name}`).values()].flatMap(
        (all) => all.slice(0, 1).map(({ kind, name }) => ({ kind, name, count: all.length })),
      ),
    requestRetry: async (id) => {
      const letter = letters.get(id)
      if (!letter) return false
      if (letter.type === requestTypes.skip)
        letters.set(id, { ...letter, type: requestTypes.retry })
      requests.add(id)
      return true
    },
    requestSkip: async (id, position) => {
      const letter = letters.get(id)
      if (letter?.kind !== 'bridge' || letter.position !== position) return false
      letters.set(id, { ...letter, type: requestTypes.skip })
      requests.add(id)
      return true
    },
    requested: async (follower) => of(follower).filter(({ id }) => requests.has(id)),
    resolve: async (id) => {
      letters.delete(id)
      requests.delete(id)
    },
  }
}
