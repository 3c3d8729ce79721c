import { Type, type Static } from 'typebox'
import { Timestamp } from '#kernel'
import type { Found } from './accounts.ts'

/** Sign-in methods of an account, as shown to its user. */
export const SignIns = Type.Object({
  password: Type.Boolean({ description: 'Whether the account has a password' }),
  providers: Type.Array(Type.Object({ provider: Type.String(), addedAt: Timestamp }), {
    description: 'Providers of linked identities',
  }),
})

/** Returns the sign-in methods of an account. */
export const signInsOf = ({
  passwordHash,
  signIns,
}: Pick<Found['state'], 'passwordHash' | 'signIns'>): Static<typeof SignIns> => ({
  password: passwordHash !== '',
  providers: signIns.map(({ provider, addedAt }) => ({ provider, addedAt })),
})
