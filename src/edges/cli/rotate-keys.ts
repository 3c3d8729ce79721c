import { Type } from 'typebox'
import { Failed } from './failure.ts'
import type { Session } from './session.ts'

const Keys = Type.Object({
  keys: Type.Array(Type.Object({ kid: Type.String(), signsFrom: Type.String() })),
})

/**
 * `agora rotate-keys`: replaces the key that access tokens are signed with. Revoking the earlier keys cannot be undone,
 * so it is confirmed first.
 * @param options.revoke access tokens of earlier keys become invalid at once
 * @param options.yes confirms revoking without a question
 * @throws BadUsage when there is no terminal to ask on
 * @throws Failed when the operator does not confirm
 */
export const rotateKeys = async (
  { client, confirm, out }: Session,
  { revoke = false, yes = false }: { readonly revoke?: boolean; readonly yes?: boolean },
): Promise<void> => {
  const warning =
    'Every access token of earlier keys becomes invalid at once. This cannot be undone.'
  if (revoke && !yes && !(await confirm(warning))) throw new Failed('No key was replaced.')
  const { keys } = await client.call(Keys, 'POST', '/admin/keys/rotate', { revoke })
  const newest = keys.toSorted((a, b) => (a.signsFrom < b.signsFrom ? 1 : -1))[0]
  out(
    revoke
      ? `The key ${newest?.kid} signs from now on, and all other keys are revoked: clients refresh their access tokens.`
      : `The key ${newest?.kid} is published, and signs from ${newest?.signsFrom} on.`,
  )
}
