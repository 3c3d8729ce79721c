import { Type, type Static } from 'typebox'
import { asId, decider, digest, Fields, guessable, Id, Timestamp, patternMessage } from '#kernel'
import { UserId } from '../shared/index.ts'
import { claim, confirm, free, release, taken, type Reservation } from './reservation.ts'

/** Stands for somebody at a provider of identities, without showing who it is. */
export const ExternalIdentityId = guessable(Id('ExternalIdentityId', { pattern: '^[0-9a-f]{64}$' }))
export type ExternalIdentityId = Static<typeof ExternalIdentityId>

/**
 * Whom a claim on an external identity is addressed to.
 * @param issuer who vouches for them; a URL
 * @param subject who they are there; what they are called, or their address, may change
 */
export const externalIdentityIdOf = (issuer: string, subject: string): ExternalIdentityId =>
  asId(ExternalIdentityId, digest(`${issuer}\n${subject}`))

/** What a provider of identities is called here. */
export const ProviderName = patternMessage(
  'must be the name of a provider',
  Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
)

/** Somebody at a provider of identities, who signs in to at most one account. */
export const externalIdentity = decider({
  name: 'oauth',
  id: ExternalIdentityId,
  commands: {
    ClaimOAuthIdentity: Fields(
      { userId: UserId },
      { description: 'Hold the identity for an account.' },
    ),
    LinkOAuthIdentity: Fields(
      { userId: UserId, provider: ProviderName },
      { description: 'Let the owner of the identity sign in to the account, which exists.' },
    ),
    ReleaseOAuthIdentity: Fields({ userId: UserId }, { description: 'Let the identity go.' }),
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
