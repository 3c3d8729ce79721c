import { refuse, type Refusal } from '#kernel'
import type { UserId } from '../shared/index.ts'

/** Who has a name that only one may have: nobody, someone who is about to register, or someone who did. */
export type Reservation =
  | { readonly status: 'free' }
  | { readonly status: 'claimed'; readonly userId: UserId; readonly claimedAt: string }
  | { readonly status: 'confirmed'; readonly userId: UserId }

/** The names that may be reserved are all free at first. */
export const free: Reservation = { status: 'free' }

/** How long a claim holds before somebody else may take it over, in ms: ample time to register an account. */
const claimHolds = 60_000

/** What every reservation says to whom comes too late. */
export const taken = 'Someone else has this one; choose another.'

/**
 * Decides a claim: the first one gets the name, and loses it only when it never became an account.
 * @param userId who claims it
 * @param now the moment of the claim
 * @param event what to record when it is theirs now
 */
export const claim = <const Event>(
  state: Reservation,
  userId: UserId,
  now: string,
  event: Event,
): readonly Event[] | Refusal<'Taken'> => {
  if (state.status === 'free') return [event]
  if (state.userId === userId) return []
  if (state.status === 'confirmed') return refuse('Taken')
  return Date.parse(now) - Date.parse(state.claimedAt) >= claimHolds ? [event] : refuse('Taken')
}

/**
 * Decides a confirmation: for whom the name was claimed, or for anyone when it was let go since.
 * @param event what to record when it is theirs for good now
 */
export const confirm = <const Event>(
  state: Reservation,
  userId: UserId,
  event: Event,
): readonly Event[] | Refusal<'Taken'> => {
  if (state.status !== 'free' && state.userId !== userId) return refuse('Taken')
  return state.status === 'confirmed' ? [] : [event]
}

/**
 * Decides a release: only who has the name can let it go; for others there is nothing to do.
 * @param event what to record when it becomes free
 */
export const release = <const Event>(
  state: Reservation,
  userId: UserId,
  event: Event,
): readonly Event[] => (state.status !== 'free' && state.userId === userId ? [event] : [])
