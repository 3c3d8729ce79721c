import assert from 'node:assert/strict'
import { sign, verify, createPublicKey } from 'node:crypto'
import { mkdtemp, readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { fileKeys } from './file.ts'

const freshFolder = async () => join(await mkdtemp(join(tmpdir(), 'agora-keys-')), 'keys')

test('the key made at the first start is there at the next', async () => {
  const folder = await freshFolder()
  const first = await fileKeys(folder)
  const second = await fileKeys(folder)
  assert.equal(second.privateKey, first.privateKey)
  assert.equal(second.kid, first.kid)
})

test('processes that start together agree on one key', async () => {
  const folder = await freshFolder()
  const keys = await Promise.all(Array.from({ length: 8 }, () => fileKeys(folder)))
  assert.equal(new Set(keys.map(({ kid }) => kid)).size, 1)
  assert.deepEqual(await readdir(folder), ['signing-key.pem'])
})

test('only its owner may read the key', async () => {
  const folder = await freshFolder()
  await fileKeys(folder)
  assert.equal((await stat(folder)).mode & 0o777, 0o700)
  assert.equal((await stat(join(folder, 'signing-key.pem'))).mode & 0o777, 0o600)
})

test('what is published verifies what was signed, and tells nothing else', async () => {
  const { privateKey, jwks, kid } = await fileKeys(await freshFolder())
  const [jwk] = jwks.keys
  const signature = sign(null, Buffer.from('lamp'), privateKey)
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  assert.ok(verify(null, Buffer.from('lamp'), key, signature))
  assert.equal(jwk?.kid, kid)
  assert.deepEqual(Object.keys(jwk ?? {}).toSorted(), ['alg', 'crv', 'kid', 'kty', 'use', 'x'])
})

test('secrets follow from the key and differ by purpose', async () => {
  const folder = await freshFolder()
  const [one, two] = [await fileKeys(folder), await fileKeys(folder)]
  assert.deepEqual(one.secretFor('receipts'), two.secretFor('receipts'))
  assert.notDeepEqual(one.secretFor('receipts'), one.secretFor('sessions'))
  const other = await fileKeys(await freshFolder())
  assert.notDeepEqual(one.secretFor('receipts'), other.secretFor('receipts'))
})
