import { isRefusal, type AnyDecider, type IdOf, type Refusal, type StateOf } from '#kernel'
import { Unavailable } from '../platform/unavailable.ts'
import { BasisMoved, type Basis, type Executor, type Resting } from './execution.ts'

/** Returns the state of an instance that a decision rests on; without a promise where it is cached. */
export type Look = <D extends AnyDecider>(
  decider: D,
  id: IdOf<D>,
) => StateOf<D> | Promise<StateOf<D>>

/** The answer to a command. */
type Answer = Refusal | { readonly events: readonly unknown[] }

const isRecorded = (answer: Answer): boolean => !isRefusal(answer) && answer.events.length > 0

/** Returns a look-up that reads present states from the log. */
export const lookAtPresent =
  ({ stateOf }: Pick<Executor, 'stateOf'>) =>
  async <D extends AnyDecider>(decider: D, id: IdOf<D>): Promise<StateOf<D>> =>
    (await stateOf(decider, id)).state

/**
 * Executes a command that rests on the state of other streams. Cached states are used first, which costs no statement
 * and no promise; the append of the command checks their revisions. When one was stale, and when no append has checked
 * them (a refusal, a command that changes nothing), the command is repeated on present states from the log.
 * @param prepare derives from those states what the command needs; its errors are final when the states were present ones
 * @param execute sends the command, with the bases that the executor is to check
 * @throws every error of `prepare` and `execute`
 */
export const restingOn = async <T, A extends Answer>(
  executor: Pick<Executor, 'basisOf' | 'stateOf'>,
  prepare: (look: Look) => T | Promise<T>,
  execute: (prepared: T, bases: readonly Basis[]) => Promise<A>,
): Promise<A> => {
  const bases = new Map<string, Basis>()
  const note = <D extends AnyDecider>({ state, basis }: Resting<D>): StateOf<D> => {
    if (basis) bases.set(basis.stream, basis)
    return state
  }
  const lookAtKnown: Look = <D extends AnyDecider>(decider: D, id: IdOf<D>) => {
    const found = executor.basisOf(decider, id)
    return found instanceof Promise ? found.then(note<D>) : note(found)
  }

  let prepared: { readonly value: T } | undefined
  try {
    const preparing = prepare(lookAtKnown)
    prepared = { value: preparing instanceof Promise ? await preparing : preparing }
  } catch (error) {
    if (bases.size === 0 || error instanceof Unavailable) throw error
  }
  if (prepared)
    try {
      const answer = await execute(prepared.value, [...bases.values()])
      if (bases.size === 0 || isRecorded(answer)) return answer
    } catch (error) {
      if (!(error instanceof BasisMoved)) throw error
    }
  return execute(await prepare(lookAtPresent(executor)), [])
}
