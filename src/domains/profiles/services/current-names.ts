import type { StateOf } from '#kernel'
import { profile } from '../language.ts'
import type { UserId } from '../../shared/index.ts'
import type { Executor } from '../../../runtime/execution.ts'

/** Names of an account's owner. */
type Named = { readonly userId: UserId; readonly username: string; readonly name?: string }

/** The same user with other names. */
type Renamed<P> = Omit<P, 'username' | 'name'> & Omit<Named, 'userId'>

/** Returns a user with the names of the profile; the account has those of the registration only. */
export const asCalled = <P extends Named>(
  person: P,
  state: StateOf<typeof profile>,
): Renamed<P> => {
  if (state.status !== 'active') return person
  const { name: _, username: __, ...rest } = person
  const { username, name } = state
  return { ...rest, username, ...(name !== undefined && { name }) }
}

/** Reads the profile and returns a user with its names. */
export const asCalledNow = async <P extends Named>(
  executor: Pick<Executor, 'stateOf'>,
  person: P,
): Promise<Renamed<P>> => asCalled(person, (await executor.stateOf(profile, person.userId)).state)
