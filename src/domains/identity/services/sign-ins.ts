import { Type, type Static } from 'typebox'
import { Timestamp } from '#kernel'
import type { Found } from './accounts.ts'

/** The ways into an account, as its user is told of them. */
export const SignIns = Type.Object({
  password: Type.Boolean({ description: 'Whether there is one' }),
  providers: Type.Array(Type.Object({ provider: Type.String(), addedAt: Timestamp }), {
    description: 'The providers of identities that sign one in',
  }),
})

/** The ways into an account. */
export const signInsOf = ({
  passwordHash,
  signIns,
}: Pick<Found['state'], 'passwordHash' | 'signIns'>): Static<typeof SignIns> => ({
  password: passwordHash !== '',
  providers: signIns.map(({ provider, addedAt }) => ({ provider, addedAt })),
})
