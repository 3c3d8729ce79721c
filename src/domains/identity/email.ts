import { Type, type Static } from 'typebox'
import { asId, decider, digest, Fields, guessable, Id, patternMessage, Timestamp } from '#kernel'
import { UserId } from '../shared/index.ts'
import { claim, confirm, free, release, taken, type Reservation } from './reservation.ts'

/** An e-mail address (RFC 5321 allows 254 characters), as it is recorded. */
export const EmailAddress = Type.String({ format: 'email', maxLength: 254 })

/** An e-mail address in a request: its domain may have letters of any language (RFC 5891). */
export const TypedAddress = patternMessage(
  'must have only ASCII letters, digits and signs before the @',
  Type.String({ format: 'idn-email', pattern: '^(?:[^@]*|[ -~]+@.*)$', maxLength: 254 }),
)

/** Id of an address's reservation, which does not contain the address. */
export const EmailId = guessable(Id('EmailId', { pattern: '^[0-9a-f]{64}$' }))
export type EmailId = Static<typeof EmailId>

/** Returns an address in the form that is compared and recorded, equal for all spellings; its domain is in ASCII. */
export const normalEmail = (address: string): string => {
  const normal = address.normalize('NFKC').trim().toLowerCase()
  const [, before, domain] = /^(.*@)(.*[^ -~].*)$/u.exec(normal) ?? []
  if (before === undefined || !URL.canParse(`http://${domain}`)) return normal
  return `${before}${new URL(`http://${domain}`).hostname}`
}

/** Returns the id of an address's reservation. */
export const emailIdOf = (address: string): EmailId => asId(EmailId, digest(normalEmail(address)))

/** Reservation of an e-mail address, which at most one account may have. */
export const email = decider({
  name: 'email',
  id: EmailId,
  commands: {
    ClaimEmail: Fields({ userId: UserId }, { description: 'Claim the address for an account.' }),
    ConfirmEmail: Fields(
      { userId: UserId },
      { description: 'Confirm the claim: the account exists.' },
    ),
    ReleaseEmail: Fields({ userId: UserId }, { description: 'Release the address.' }),
  },
  events: {
    EmailClaimed: Fields({ userId: UserId, claimedAt: Timestamp }),
    EmailConfirmed: Fields({ userId: UserId }),
    EmailReleased: Fields({ userId: UserId }),
  },
  refusals: { Taken: taken },
}).rules<Reservation>({
  initialState: free,
  decide: {
    ClaimEmail: ({ userId }, state, { now }) =>
      claim(state, userId, now, { type: 'EmailClaimed', data: { userId, claimedAt: now } }),
    ConfirmEmail: ({ userId }, state) =>
      confirm(state, userId, { type: 'EmailConfirmed', data: { userId } }),
    ReleaseEmail: ({ userId }, state) =>
      release(state, userId, { type: 'EmailReleased', data: { userId } }),
  },
  evolve: {
    EmailClaimed: (_, claimed) => ({ status: 'claimed', ...claimed }),
    EmailConfirmed: (_, { userId }) => ({ status: 'confirmed', userId }),
    EmailReleased: () => free,
  },
})
