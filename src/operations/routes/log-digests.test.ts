import { expect, test } from 'vitest'
import { httpWorld } from '../../../test/support/http.ts'
import { memoryLogDigests } from '../../platform/storage/log-digests/memory.ts'
import { checksSignatures, digestSigner } from '../../platform/storage/log-digests/signed-digest.ts'

const url = '/observability/log-digests'

test('analysts and admins get the signed digest of the log, nobody else', async () => {
  const digests = memoryLogDigests()
  const signer = digestSigner(Buffer.alloc(32, 5))
  const logDigests = { log: 'postgres', last: digests.last, jwk: signer.jwk } as const
  await using world = await httpWorld({ contexts: ['platform'], logDigests })
  const [analyst, admin, user] = await Promise.all([
    world.someone('ann', 'analyst'),
    world.someone('root', 'admin'),
    world.someone('ada'),
  ])
  expect((await world.anyone('GET', url)).status).toBe(401)
  expect((await user.call('GET', url)).status).toBe(403)
  expect((await analyst.call('GET', url)).body.data).toEqual({ key: signer.jwk })
  const digest = { position: 12n, events: 11n, digest: 'ab'.repeat(32) }
  const signature = signer.sign({ log: 'postgres', ...digest })
  await digests.add(undefined, { ...digest, fingerprints: Buffer.alloc(44), signature })
  const { latest, key } = (await admin.call('GET', url)).body.data
  expect(latest).toEqual({
    log: 'postgres',
    position: '12',
    events: '11',
    digest: digest.digest,
    signature,
  })
  expect(checksSignatures([key.x])(signature, { log: 'postgres', ...digest })).toBe('valid')
})
