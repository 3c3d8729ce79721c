import { Type, type Static } from 'typebox'
import { asId, decider, digest, Fields, guessable, Id, Timestamp, patternMessage } from '#kernel'
import { UserId } from '../shared/index.ts'
import { claim, confirm, free, release, taken, type Reservation } from './reservation.ts'

/** Id of an external identity, which does not show whose it is. */
export const ExternalIdentityId = guessable(Id('ExternalIdentityId', { pattern: '^[0-9a-f]{64}$' }))
export type ExternalIdentityId = Static<typeof ExternalIdentityId>

/**
 * Returns the id of an external identity.
 * @param issuer URL of the provider
 * @param subject stable id of the user there; name and address may change
 */
export const externalIdentityIdOf = (issuer: string, subject: string): ExternalIdentityId =>
  asId(ExternalIdentityId, digest(`${issuer}\n${subject}`))

/** Configured name of a provider. */
export const ProviderName = patternMessage(
  'must be the name of a provider',
  Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
)

/** Reservation of an external identity, which at most one account may have. */
export const externalIdentity = decider({
  name: 'oauth',
  id: ExternalIdentityId,
  commands: {
    ClaimOAuthIdentity: Fields(
      { userId: UserId },
      { description: 'Claim the identity for an account.' },
    ),
    LinkOAuthIdentity: Fields(
      { userId: UserId, provider: ProviderName },
      { description: 'Confirm the claim: the account has the identity.' },
    ),
    ReleaseOAuthIdentity: Fields({ userId: UserId }, { description: 'Release the identity.' }),
  },
  events: {
    OAuthIdentityClaimed: Fields({ userId: UserId, claimedAt: Timestamp }),
    OAuthIdentityLinked: Fields({ userId: UserId, provider: ProviderName }),
    OAuthIdentityReleased: Fields({ userId: UserId }),
  },
  refusals: { Taken: taken },
}).rules<Reservation>({
  initialState: free,
  decide: {
    ClaimOAuthIdentity: ({ userId }, state, { now }) =>
      claim(state, userId, now, { type: 'OAuthIdentityClaimed', data: { userId, claimedAt: now } }),
    LinkOAuthIdentity: ({ userId, provider }, state) =>
      confirm(state, userId, { type: 'OAuthIdentityLinked', data: { userId, provider } }),
    ReleaseOAuthIdentity: ({ userId }, state) =>
      release(state, userId, { type: 'OAuthIdentityReleased', data: { userId } }),
  },
  evolve: {
    OAuthIdentityClaimed: (_, claimed) => ({ status: 'claimed', ...claimed }),
    OAuthIdentityLinked: (_, { userId }) => ({ status: 'confirmed', userId }),
    OAuthIdentityReleased: () => free,
  },
})
