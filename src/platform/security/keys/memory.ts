import { randomBytes } from 'node:crypto'
import type { KeyPolicy, SigningKeys } from './port.ts'
import { isDue, outlived, ring, rulesOf, type KeyOnRing } from './ring.ts'
import { secretsFrom } from './secrets.ts'
import { newSigningKey } from './signing-key.ts'

/**
 * Signing keys in memory; they end with the process.
 * @param options.secret all secrets derive from it; default random
 */
export const memoryKeys = ({
  secret = randomBytes(32).toString('base64url'),
  ...policy
}: KeyPolicy & { readonly secret?: string } = {}): SigningKeys => {
  const rules = rulesOf(policy)
  const { set, ...held } = ring(rules)
  let keys: readonly KeyOnRing[] = []

  const add = (pause: number): string => {
    const now = rules.clock()
    const signsFrom = now + pause
    const key = { ...newSigningKey(), createdAt: now, signsFrom }
    const verifiesUntil = outlived(signsFrom, rules)
    keys = [
      ...keys
        .filter((old) => old.verifiesUntil === undefined || old.verifiesUntil > now)
        .map((old) => ({ verifiesUntil, ...old })),
      key,
    ]
    set(keys)
    return key.kid
  }

  add(0)
  const timer = setInterval(() => {
    if (isDue(keys, rules)) add(rules.pause)
  }, rules.every).unref()

  return {
    ...held,
    rotate: async ({ revoke = false } = {}) => {
      if (revoke) keys = []
      return add(revoke ? 0 : rules.pause)
    },
    secretFor: secretsFrom(secret),
    close: async () => clearInterval(timer),
  }
}
