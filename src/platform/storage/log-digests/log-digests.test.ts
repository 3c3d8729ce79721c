import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { logDigestsConformance } from './conformance.ts'
import { memoryLogDigests } from './memory.ts'
import { postgresLogDigests } from './postgres.ts'
import type { SignedDigest } from './port.ts'
import { checksSignatures, digestSigner } from './signed-digest.ts'

logDigestsConformance('memory', async () => ({
  digests: memoryLogDigests(),
  [Symbol.asyncDispose]: async () => undefined,
}))

logDigestsConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    digests: postgresLogDigests(fresh.database, 'postgres'),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  }
})

test('chains of two logs in one PostgreSQL are apart', async () => {
  await using fresh = await freshDatabase()
  const chains = (['postgres', 'eventstoredb'] as const).map((log) =>
    postgresLogDigests(fresh.database, log),
  )
  for (const chain of chains)
    expect(
      await chain.add(undefined, {
        position: 1n,
        events: 1n,
        digest: 'ab'.repeat(32),
        fingerprints: Buffer.alloc(4),
        signature: '',
      }),
    ).toBe(true)
})

test('a signature is of this digest and by this key alone', () => {
  const signer = digestSigner(Buffer.alloc(32, 7))
  const other = digestSigner(Buffer.alloc(32, 8))
  const digest: SignedDigest = {
    log: 'postgres',
    position: 12n,
    events: 12n,
    digest: 'ab'.repeat(32),
  }
  const jws = signer.sign(digest)
  const stateOf = checksSignatures([signer.jwk.x])
  expect(stateOf(jws, digest)).toBe('valid')
  expect(stateOf(jws, { ...digest, position: 13n })).toBe('invalid')
  expect(stateOf(other.sign(digest), digest)).toBe('unknown')
  expect(checksSignatures([other.jwk.x, signer.jwk.x])(jws, digest)).toBe('valid')
  expect(digestSigner(Buffer.alloc(32, 7)).jwk).toEqual(signer.jwk)
  const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  expect(checksSignatures([x ?? ''])(jws, digest)).toBe('unknown')
})
