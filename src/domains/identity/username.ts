import type { Static } from 'typebox'
import { asId, decider, digest, Fields, guessable, Id, Timestamp } from '#kernel'
import { UserId } from '../shared/index.ts'
import { claim, confirm, free, release, taken, type Reservation } from './reservation.ts'

export { Username } from '../shared/index.ts'

/** Id of a username's reservation, which does not contain the name. */
export const UsernameId = guessable(Id('UsernameId', { pattern: '^[0-9a-f]{64}$' }))
export type UsernameId = Static<typeof UsernameId>

/** Returns a username in the form that is compared, equal for all spellings. */
export const normalUsername = (name: string): string => name.normalize('NFKC').trim().toLowerCase()

/** Returns the id of a username's reservation. */
export const usernameIdOf = (name: string): UsernameId =>
  asId(UsernameId, digest(normalUsername(name)))

/** Reservation of a username, which at most one account may have. */
export const username = decider({
  name: 'username',
  id: UsernameId,
  commands: {
    ClaimUsername: Fields({ userId: UserId }, { description: 'Claim the name for an account.' }),
    ConfirmUsername: Fields(
      { userId: UserId },
      { description: 'Confirm the claim: the account exists.' },
    ),
    ReleaseUsername: Fields({ userId: UserId }, { description: 'Release the name.' }),
  },
  events: {
    UsernameClaimed: Fields({ userId: UserId, claimedAt: Timestamp }),
    UsernameConfirmed: Fields({ userId: UserId }),
    UsernameReleased: Fields({ userId: UserId }),
  },
  refusals: { Taken: taken },
}).rules<Reservation>({
  initialState: free,
  decide: {
    ClaimUsername: ({ userId }, state, { now }) =>
      claim(state, userId, now, { type: 'UsernameClaimed', data: { userId, claimedAt: now } }),
    ConfirmUsername: ({ userId }, state) =>
      confirm(state, userId, { type: 'UsernameConfirmed', data: { userId } }),
    ReleaseUsername: ({ userId }, state) =>
      release(state, userId, { type: 'UsernameReleased', data: { userId } }),
  },
  evolve: {
    UsernameClaimed: (_, claimed) => ({ status: 'claimed', ...claimed }),
    UsernameConfirmed: (_, { userId }) => ({ status: 'confirmed', userId }),
    UsernameReleased: () => free,
  },
})
