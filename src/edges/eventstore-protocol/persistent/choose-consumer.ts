import type { Strategy } from '../../../platform/messaging/consumer-groups/port.ts'

/** What a strategy knows of a consumer. */
export type Candidate = {
  readonly id: string
  /** Maximum number of messages in flight. */
  readonly slots: number
  readonly inFlight: { readonly size: number }
  /** Whether it let a message time out, and has answered nothing since. */
  readonly isSilent: boolean
  /** Whether it gets nothing for now, as it does not take what it was given. */
  readonly isHeld: boolean
}

/** Chooses the consumer of a message among those connected; undefined while none of them has room. */
export type ChooseConsumer<C extends Candidate> = (
  consumers: readonly C[],
  key: string,
) => C | undefined

/** Whether a consumer may get one more message. */
export const hasRoom = ({ slots, inFlight, isHeld }: Candidate): boolean =>
  !isHeld && inFlight.size < slots

/** Silent consumers get messages only where all are silent. */
const answering = <C extends Candidate>(consumers: readonly C[]): readonly C[] => {
  const some = consumers.filter(({ isSilent }) => !isSilent)
  return some.length > 0 ? some : consumers
}

/** Hash of a text in 32 bits: FNV-1a, with the finaliser of MurmurHash3, without which texts that end alike are close. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Consumer of a key by rendezvous hashing: when one joins or leaves, only its own keys move (Thaler and Ravishankar, 1998). */
const pinnedTo = <C extends Candidate>(consumers: readonly C[], key: string): C | undefined => {
  let best: C | undefined
  let most = -1
  for (const consumer of consumers) {
    const weight = hashOf(`${consumer.id} ${key}`)
    if (weight <= most) continue
    best = consumer
    most = weight
  }
  return best
}

/** Whether messages with the same key stay in order: they go to one consumer as long as any of them is in flight. */
export const isPinned = (strategy: Strategy): boolean => strategy.startsWith('Pinned')

/** Creates the choice of a strategy; its only state is whose turn it is. */
export const chooseConsumer = <C extends Candidate>(strategy: Strategy): ChooseConsumer<C> => {
  if (isPinned(strategy))
    return (consumers, key) => {
      const consumer = pinnedTo(answering(consumers), key)
      return consumer && hasRoom(consumer) ? consumer : undefined
    }
  if (strategy === 'DispatchToSingle') return (consumers) => answering(consumers).find(hasRoom)
  let last = ''
  return (consumers) => {
    const pool = answering(consumers)
    const start = pool.findIndex(({ id }) => id === last) + 1
    const chosen = [...pool.slice(start), ...pool.slice(0, start)].find(hasRoom)
    if (chosen) last = chosen.id
    return chosen
  }
}
