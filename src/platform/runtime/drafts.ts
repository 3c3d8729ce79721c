import type { AnyDecider, CommandOf, IdOf } from '#kernel'
import type { Append, Appended } from '../event-log/port.ts'
import { decideAll, type Asked, type Deciding, type Decision, type Stand } from './decide-all.ts'
import type { Origin } from './execution.ts'

/**
 * A command that was decided, and whose events are not recorded yet. Its stream is reserved until one of the two functions
 * is called, which must happen exactly once: until then other commands to the stream wait.
 */
export type Draft = {
  /** What is to be recorded. */
  readonly append: Append
  /** Takes in what was decided. @param appended where its events are */
  readonly commit: (appended: Appended) => void
  /**
   * Drops what was decided.
   * @param isStale whether the stream may have moved on: then it is read before the next command is decided
   */
  readonly release: (isStale: boolean) => void
}

/** Decides commands that are to be recorded together with something else. */
export type Drafts = {
  /**
   * Decides a command on the state that this process knows, without waiting for anything.
   * @returns undefined where `execute` is needed: other commands are under way to the stream, the stream must be read
   *   first, the command is known already, is refused, leads to no event or cannot be decided
   */
  readonly draft: <D extends AnyDecider>(
    decider: D,
    id: IdOf<D>,
    command: CommandOf<D>,
    origin: Origin,
  ) => Draft | undefined
}

/**
 * Drafts one command on a stream to which no other is under way.
 * @param deps.reserve makes other commands to the stream wait, until the function is called that it gives back
 * @param deps.take takes in a decision that was recorded up to a position
 */
export const draftOf = (
  stand: Stand,
  given: Pick<Asked, 'command' | 'origin'>,
  {
    observed,
    reserve,
    take,
    ...deciding
  }: Deciding & {
    readonly reserve: () => (isStale: boolean) => void
    readonly take: (decision: Decision, position: bigint) => void
  },
): Draft | undefined => {
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
    commit: ({ position, before = false }) => {
      for (const answer of answers) observed?.(...answer)
      // What is there is what was decided the first time, and more may have followed it.
      if (!before) take(decision, position)
      decision.decided.forEach(({ settle }) => settle(position))
      release(before)
    },
    release,
  }
}
