import { idOf, type AnySaga, type RecordedEvent, type SagaMoved } from '#kernel'
import type { Append } from '../platform/storage/event-log/port.ts'
import type { Draft } from './drafts.ts'
import type { Following } from './record-move.ts'
import { inputOf, type Input } from './saga-input.ts'
import { standAfter, type Recorded, type Stand } from './saga-runs.ts'

/** Most moves in one append. */
const mostMoves = 16

/** A move that is not recorded yet. */
export type Planned = {
  readonly input: Input
  readonly moved: SagaMoved
  readonly move: Recorded
  readonly append: Append
}

/** A move with the drafts of its commands, by the ids of their steps. */
export type Link = Planned & { readonly drafts: ReadonlyMap<string, Draft> }

/** The commands of a move that can be recorded with it. */
export type Drafted = {
  readonly drafts: Link['drafts']
  /** Whether all commands without a wait have a draft. */
  readonly isWhole: boolean
}

/**
 * Returns an event of a draft as the log will deliver it.
 * @param onLogOnly called when the position or the time is read, which only the log knows
 */
const foreseen = (
  { append: { stream, expected, events } }: Draft,
  index: number,
  onLogOnly: () => void,
): RecordedEvent => {
  const { type, data, eventId, metadata } = events[index]!
  return {
    type,
    data,
    eventId,
    metadata,
    stream,
    id: idOf(stream),
    revision: (typeof expected === 'number' ? expected : -1) + 1 + index,
    get position() {
      onLogOnly()
      return 0n
    },
    get at() {
      onLogOnly()
      return ''
    },
  }
}

/**
 * Plans the moves of a run ahead of the log: as long as all commands of its last move have drafts, the run processes the
 * drafted events in the order in which the log will deliver them, so that a chain of moves is one append
 * (docs/decisions/048). The chain ends where the run may not have received an event of the drafts' streams, where a rule
 * reads what only the log knows, and where an event changes nothing or its rule fails: the log delivers that event later.
 * @param first the first move of the chain
 * @param stand state of the run before it
 * @param deps.receivedUpTo position up to which the run has received all its events; undefined if unknown: then the
 *   chain is one move
 * @param deps.plan returns the move of an input; undefined when the input changes nothing
 * @param deps.draft drafts the commands of a move. @param latest the last draft of each stream, which it adds to
 */
export const runAhead = (
  first: Planned,
  stand: Stand,
  {
    saga,
    receivedUpTo,
    plan,
    draft,
  }: {
    readonly saga: Pick<AnySaga, 'reads' | 'keyOf'>
    readonly receivedUpTo: bigint | undefined
    readonly plan: (stand: Stand, input: Input) => Planned | undefined
    readonly draft: (move: Recorded, latest: Map<string, Draft>) => Drafted
  },
): readonly Link[] => {
  const links: Link[] = []
  const latest = new Map<string, Draft>()
  const ahead: (readonly [draft: Draft, index: number])[] = []
  let at = stand

  /** Returns the move of the next drafted event that is for this run. */
  const next = (upTo: bigint): Planned | undefined => {
    for (let one = ahead.shift(); one; one = ahead.shift()) {
      const [draft, index] = one
      let readsLogOnly = false
      const event = foreseen(draft, index, () => (readsLogOnly = true))
      if (!saga.reads.includes(event.type)) continue
      try {
        const isForRun = saga.keyOf(event) === at.key
        const planned = isForRun ? plan(at, inputOf(event)) : undefined
        if (readsLogOnly) return undefined
        if (isForRun) return draft.behind <= upTo ? planned : undefined
      } catch {
        return undefined
      }
    }
    return undefined
  }

  for (let link: Planned | undefined = first; link;) {
    const { drafts, isWhole } = draft(link.move, latest)
    links.push({ ...link, drafts })
    if (!isWhole || receivedUpTo === undefined || links.length === mostMoves) break
    at = standAfter(at, link.moved)
    for (const one of drafts.values())
      for (const index of one.append.events.keys()) ahead.push([one, index])
    link = next(receivedUpTo)
  }
  return links
}

/** Returns what is recorded with the first of these moves, in the order of the append. */
export const followingOf = (links: readonly Link[]): Following =>
  links.flatMap(({ append, drafts }, nth) => [...(nth > 0 ? [{ append }] : []), ...drafts.values()])
