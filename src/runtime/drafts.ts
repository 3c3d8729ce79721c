import type { AnyDecider, CommandOf, IdOf, Message } from '#kernel'
import type { Append, Appended } from '../platform/storage/event-log/port.ts'
import { decideAll, type Asked, type Deciding, type Decision, type Stand } from './decide-all.ts'
import type { Origin } from './execution.ts'

/**
 * A decided command whose events are not appended yet. Its stream is reserved, and other commands to it wait, until
 * `commit` or `release` is called, exactly once.
 */
export type Draft = {
  /** The events to append. */
  readonly append: Append
  /** The position of the last event that the stream had before, or that the decision rests on; 0n for none. */
  readonly behind: bigint
  /**
   * Decides another command to the same stream on what this one leads to, to be recorded with it, after it.
   * @returns undefined where `execute` is needed, after this one
   */
  readonly next: (command: Message, origin: Origin) => Draft | undefined
  /** Applies the decision. @param appended where its events are in the log */
  readonly commit: (appended: Appended) => void
  /**
   * Drops the decision.
   * @param isStale whether the stream may have moved on: then it is read before the next command is decided
   */
  readonly release: (isStale: boolean) => void
}

/** Decides commands whose events are appended together with others. */
export type Drafts = {
  /**
   * Decides a command on the state that this process knows, without waiting for anything.
   * @param options.exists whether the stream is known to have events: then it is not taken for a new one
   * @returns undefined where `execute` is needed: other commands are under way to the stream, the stream must be read
   *   first, the command is known already, is refused, leads to no event or cannot be decided
   */
  readonly draft: <D extends AnyDecider>(
    decider: D,
    id: IdOf<D>,
    command: CommandOf<D>,
    origin: Origin,
    options?: { readonly exists?: boolean },
  ) => Draft | undefined
}

/** Dependencies of a draft. */
type Drafting = Deciding & {
  /** Makes other commands to the stream wait until every returned function has been called. */
  readonly reserve: () => Draft['release']
  /** Applies a decision whose events reach up to a position. */
  readonly take: (decision: Decision, position: bigint) => void
}

/** A stream with the position of its last event. */
type Placed = Stand & { readonly position: bigint }

/** Reserves a stream once for several drafts. @param end called when the last of them is committed or released */
const sharing = (end: Draft['release']): Drafting['reserve'] => {
  let open = 0
  let isAnyStale = false
  return () => {
    open += 1
    return (isStale) => {
      isAnyStale ||= isStale
      open -= 1
      if (open === 0) end(isAnyStale)
    }
  }
}

const draftAfter = (
  stand: Placed,
  given: Pick<Asked, 'command' | 'origin'>,
  drafting: Drafting,
): Draft | undefined => {
  const { observed, reserve, take, ...deciding } = drafting
  // What comes of the command is observed once it is recorded: otherwise it is decided again.
  const answers: Parameters<NonNullable<typeof observed>>[] = []
  const decision = decideAll(
    stand,
    [{ ...given, resolve: () => undefined, reject: () => undefined }],
    { ...deciding, observed: (...answer) => answers.push(answer) },
  )
  if (decision.events.length === 0) return undefined
  const release = reserve()
  const { stream, revision } = stand
  return {
    append: { stream, expected: revision < 0 ? 'none' : revision, events: decision.events },
    behind: stand.position,
    commit: ({ position, before = false }) => {
      for (const answer of answers) observed?.(...answer)
      // What is there is what was decided the first time, and more may have followed it.
      if (!before) take(decision, position)
      decision.decided.forEach(({ settle }) => settle(position))
      release(before)
    },
    release,
    next: (command, origin) => {
      const { state, revision } = decision
      return draftAfter({ ...stand, state, revision }, { command, origin }, drafting)
    },
  }
}

/**
 * Drafts one command on a stream to which no other is under way.
 * @param stand where the stream is, and the position of its last event
 * @param drafting.reserve makes other commands to the stream wait, until the function is called that it gives back
 */
export const draftOf = (
  stand: Placed,
  given: Pick<Asked, 'command' | 'origin'>,
  drafting: Drafting,
): Draft | undefined => {
  let again: Drafting['reserve'] | undefined
  const reserve = () => {
    again ??= sharing(drafting.reserve())
    return again()
  }
  return draftAfter(stand, given, { ...drafting, reserve })
}
