import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { PrivateAddress, publicLookup, resolvedHost } from './public-lookup.ts'
import { mayBePublicUrl } from './public-url.ts'

const found = (addresses: readonly string[]) =>
  new Promise((resolve, reject) => {
    const lookup = publicLookup(undefined, async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
    lookup('push.example', { all: true }, (error, all) => (error ? reject(error) : resolve(all)))
  })

test('a host is found by public addresses only', async () => {
  expect(await found(['1.1.1.1', '2606:4700::1111'])).toEqual([
    { address: '1.1.1.1', family: 4 },
    { address: '2606:4700::1111', family: 6 },
  ])
  for (const addresses of [['10.0.0.1'], ['1.1.1.1', '127.0.0.1'], ['::1'], []])
    await expect(found(addresses), addresses.join(' ')).rejects.toThrow(PrivateAddress)
})

test('a name server that never answers is given up in time', async () => {
  const mute = createSocket('udp4').bind(0, '127.0.0.1')
  await once(mute, 'listening')
  const servers = [`127.0.0.1:${mute.address().port}`]
  await expect(resolvedHost('push.example', { servers, limitMs: 50 })).rejects.toMatchObject({
    code: 'ECANCELLED',
  })
  mute.close()
  await once(mute, 'close')
})

test('a URL of the public Internet is HTTPS at its usual port', () => {
  expect(mayBePublicUrl('https://push.example:443/send')).toBe(true)
  for (const url of [
    'https://push.example:22/',
    'https://push.example:8443/',
    'http://push.example/',
  ])
    expect(mayBePublicUrl(url), url).toBe(false)
})
