import { account } from '../../identity/language.ts'
import type { UserId } from '../../shared/index.ts'
import type { Look } from '../../../runtime/resting-on.ts'
import { forbidden, notFound } from '../../../serving/problem.ts'
import { block, blockIdOf, profile } from '../language.ts'

/** @throws Problem 404 when the user does not exist or has left */
export const mustBeHere = async (look: Look, id: UserId): Promise<void> => {
  const { status } = await look(profile, id)
  if (status === 'active') return
  const person = await look(account, id)
  const isGone = person.status === 'new' || person.status === 'closed'
  if (isGone || status === 'deleted') throw notFound('user')
}

/** Whether one of two users blocks the other. */
export const isBlocked = async (look: Look, one: UserId, other: UserId): Promise<boolean> => {
  const [here, there] = [
    await look(block, blockIdOf(one, other)),
    await look(block, blockIdOf(other, one)),
  ]
  return here.blocks || there.blocks
}

/**
 * Refuses contact between users of whom one blocks the other. The answer does not say which one.
 * @throws Problem 403
 */
export const mustNotBeBlocked = async (look: Look, one: UserId, other: UserId): Promise<void> => {
  if (await isBlocked(look, one, other))
    throw forbidden('This is not possible between you and this user.')
}
