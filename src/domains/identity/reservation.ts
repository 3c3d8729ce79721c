import { refuse, type Refusal } from '#kernel'
import type { UserId } from '../shared/index.ts'

/** Owner of a unique name: none, a user with a claim, or the account that confirmed it. */
export type Reservation =
  | { readonly status: 'free' }
  | { readonly status: 'claimed'; readonly userId: UserId; readonly claimedAt: string }
  | { readonly status: 'confirmed'; readonly userId: UserId }

/** Initial state of every reservation. */
export const free: Reservation = { status: 'free' }

/** Time after which a claim expires and another user may claim the name, in ms: enough to register an account. */
const claimHolds = 60_000

/** Refusal of a claim on a name that another user has. */
export const taken = 'Someone else has this one; choose another.'

/**
 * Decides a claim: the first one gets the name, and loses it only by expiry without a confirmation.
 * @param userId claiming user
 * @param now time of the claim
 * @param event event to record when the claim succeeds
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
 * Decides a confirmation, for the claiming user, or for any user when the name was released since.
 * @param event event to record when it succeeds
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
 * Decides a release, which has an effect only for the owner.
 * @param event event to record when the name becomes free
 */
export const release = <const Event>(
  state: Reservation,
  userId: UserId,
  event: Event,
): readonly Event[] => (state.status !== 'free' && state.userId === userId ? [event] : [])
