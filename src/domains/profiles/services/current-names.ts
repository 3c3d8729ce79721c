import type { StateOf } from '#kernel'
import { profile } from '../language.ts'
import type { UserId } from '../../shared/index.ts'
import type { Executor } from '../../../runtime/execution.ts'

/** What an account tells of its owner's names. */
type Named = { readonly userId: UserId; readonly username: string; readonly name?: string }

/** The same person under other names. */
type Renamed<P> = Omit<P, 'username' | 'name'> & Omit<Named, 'userId'>

/** A person under the names of their profile: the account holds those of the registration only. */
export const asCalled = <P extends Named>(
  person: P,
  state: StateOf<typeof profile>,
): Renamed<P> => {
  if (state.status !== 'active') return person
  const { name: _, username: __, ...rest } = person
  const { username, name } = state
  return { ...rest, username, ...(name !== undefined && { name }) }
}

/** A person under the present names of their profile. */
export const asCalledNow = async <P extends Named>(
  executor: Pick<Executor, 'stateOf'>,
  person: P,
): Promise<Renamed<P>> => asCalled(person, (await executor.stateOf(profile, person.userId)).state)
