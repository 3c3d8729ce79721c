import { Type } from 'typebox'
import type { Session } from './session.ts'

const Keys = Type.Object({
  keys: Type.Array(Type.Object({ kid: Type.String(), signsFrom: Type.String() })),
})

/** `agora rotate-keys`: replaces the key that access tokens are signed with. */
export const rotateKeys = async (
  { client, out }: Session,
  { revoke = false }: { readonly revoke?: boolean },
): Promise<void> => {
  const { keys } = await client.ask(Keys, 'POST', '/admin/keys/rotate', { revoke })
  const newest = keys.toSorted((a, b) => (a.signsFrom < b.signsFrom ? 1 : -1))[0]
  out(
    revoke
      ? `The key ${newest?.kid} signs from now on, and no other one counts any more: clients refresh their access tokens.`
      : `The key ${newest?.kid} is published, and signs from ${newest?.signsFrom} on.`,
  )
}
