import { idOf, type AnySaga, type RecordedEvent, type SagaMoved } from '#kernel'
import type { Append } from '../platform/storage/event-log/port.ts'
import type { Draft } from './drafts.ts'
import type { Following } from './record-move.ts'
import { inputOf, type Input } from './saga-input.ts'
import { standAfter, type Recorded, type Stand } from './saga-runs.ts'

/** So many moves go into one append at the most. */
const most = 16

/** A move that is to be recorded. */
export type Planned = {
  readonly input: Input
  readonly moved: SagaMoved
  readonly move: Recorded
  readonly append: Append
}

/** A move with the drafts of its commands, by the ids of their steps. */
export type Link = Planned & { readonly drafts: ReadonlyMap<string, Draft> }

/** What of a move's commands can be recorded with it. */
export type Drafted = {
  readonly drafts: Link['drafts']
  /** Whether that is all that is due at once. */
  readonly isWhole: boolean
}

/**
 * An event of a draft as the log will give it.
 * @param asked called when somebody asks for what only the log knows
 */
const foreseen = (
  { append: { stream, expected, events } }: Draft,
  index: number,
  asked: () => void,
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
      asked()
      return 0n
    },
    get at() {
      asked()
      return ''
    },
  }
}

/**
 * Runs a saga's run ahead of the log: as long as all commands of its last move are drafted, it takes in the events that
 * they will lead to, in the order in which the log will tell of them, so that a chain of moves is one append
 * (docs/decisions/048). It stops where an event of the drafts' streams may not have been told yet, where a rule asks for
 * what only the log knows, and where an event changes nothing or its rule fails: the log tells of that event later.
 * @param first the move that the chain begins with
 * @param stand where the run stands before it
 * @param deps.told the position up to which the run was told everything; undefined where that is not known: then the
 *   chain is one move
 * @param deps.plan gives the move that an input leads to; undefined when it changes nothing
 * @param deps.draft drafts the commands of a move. @param latest the last draft of each stream, which it adds to
 */
export const runAhead = (
  first: Planned,
  stand: Stand,
  {
    saga,
    told,
    plan,
    draft,
  }: {
    readonly saga: Pick<AnySaga, 'reads' | 'keyOf'>
    readonly told: bigint | undefined
    readonly plan: (stand: Stand, input: Input) => Planned | undefined
    readonly draft: (move: Recorded, latest: Map<string, Draft>) => Drafted
  },
): readonly Link[] => {
  const links: Link[] = []
  const latest = new Map<string, Draft>()
  const ahead: (readonly [draft: Draft, index: number])[] = []
  let at = stand

  /** The move that the next event leads to which is for this run. */
  const next = (upTo: bigint): Planned | undefined => {
    for (let one = ahead.shift(); one; one = ahead.shift()) {
      const [draft, index] = one
      let isAsked = false
      const event = foreseen(draft, index, () => (isAsked = true))
      if (!saga.reads.includes(event.type)) continue
      try {
        const isForRun = saga.keyOf(event) === at.key
        const planned = isForRun ? plan(at, inputOf(event)) : undefined
        if (isAsked) return undefined
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
    if (!isWhole || told === undefined || links.length === most) break
    at = standAfter(at, link.moved)
    for (const one of drafts.values())
      for (const index of one.append.events.keys()) ahead.push([one, index])
    link = next(told)
  }
  return links
}

/** What is recorded with the first of these moves, in its order. */
export const followingOf = (links: readonly Link[]): Following =>
  links.flatMap(({ append, drafts }, nth) => [...(nth > 0 ? [{ append }] : []), ...drafts.values()])
