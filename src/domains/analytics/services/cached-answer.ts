import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import type { Cache } from '../../../platform/storage/cache/port.ts'
import { oncePerPorts } from '../../../serving/ports.ts'

type CachePorts = { readonly cache: Cache }

/** An answer, and the position that it includes at least. */
export type Answered<T> = { readonly data: T; readonly position: bigint }

const underway = oncePerPorts<CachePorts, Map<string, Promise<Buffer>>>(() => new Map())

const Stored = Type.Object({ data: Type.Unknown(), position: Type.String({ pattern: '^[0-9]+$' }) })

const parsed = <S extends TSchema>(schema: S, value: Buffer): Answered<Static<S>> | undefined => {
  const stored: unknown = JSON.parse(value.toString('utf8'))
  // Another version of Agora may have stored it.
  if (!Check(Stored, stored) || !Check(schema, stored.data)) return undefined
  return { data: stored.data, position: BigInt(stored.position) }
}

/** An answer is cached so many times as long as it took to compute, if that is longer than its life, and at most `longest` lives. */
const share = 10

/** Longest life of an answer that took long, as a multiple of its own: figures of the present stay fresh. */
const longest = 5

/**
 * Returns an answer from the cache that all processes share, or computes it. Requests of a process for the same answer that
 * is being computed share it.
 * @param question.key tells it from all other answers of analytics
 * @param question.life how old it may be, in ms
 * @param question.minPosition position that it has to include; it is computed anew then
 * @param timer in ms
 */
export const cachedAnswer = async <S extends TSchema>(
  ports: CachePorts,
  schema: S,
  question: {
    readonly key: string
    readonly life: number
    readonly minPosition?: bigint | undefined
  },
  compute: () => Promise<Answered<Static<S>>>,
  timer: () => number = () => performance.now(),
): Promise<Answered<Static<S>>> => {
  const { life, minPosition } = question
  const key = `analytics ${question.key}`
  const began = timer()
  const store = async ({ data, position }: Answered<Static<S>>): Promise<Buffer> => {
    const took = timer() - began
    const bytes = Buffer.from(JSON.stringify({ data, position: String(position) }))
    await ports.cache.set(key, bytes, Math.max(life, Math.min(longest * life, share * took)))
    return bytes
  }
  if (minPosition !== undefined) {
    const answer = await compute()
    await store(answer)
    return answer
  }
  const found = await ports.cache.get(key)
  const known = found && parsed(schema, found.value)
  if (known) return known
  const running = underway(ports)
  const before = running.get(key)
  const bytes =
    before ??
    compute()
      .then(store)
      .finally(() => running.delete(key))
  if (!before) running.set(key, bytes)
  const answer = parsed(schema, await bytes)
  if (!answer) throw new Error(`A computed answer does not match its schema: ${key}`)
  return answer
}
