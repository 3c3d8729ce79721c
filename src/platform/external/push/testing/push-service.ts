import { createDecipheriv, createECDH, createPublicKey, hkdfSync, verify } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { generate } from 'selfsigned'
import type { PushSubscription } from '../port.ts'

/** What a browser has got. */
export type Got = { readonly payload: string; readonly headers: IncomingHttpHeaders }

/** A browser with a subscription. */
const browser = (endpoint: string) => {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  const auth = Buffer.alloc(16, 7)
  const subscription: PushSubscription = {
    endpoint,
    keys: { p256dh: pair.getPublicKey('base64url'), auth: auth.toString('base64url') },
  }
  /** Decrypts by the words of RFC 8188 and RFC 8291, with the HKDF of Node instead of ours. */
  const decrypted = (body: Buffer): string => {
    const [salt, keyLength] = [body.subarray(0, 16), body.readUInt8(20)]
    const theirKey = body.subarray(21, 21 + keyLength)
    const sealed = body.subarray(21 + keyLength)
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), theirKey])
    const input = Buffer.from(hkdfSync('sha256', pair.computeSecret(theirKey), auth, info, 32))
    const part = (label: string, length: number) =>
      Buffer.from(hkdfSync('sha256', input, salt, Buffer.from(`${label}\0`), length))
    const key = part('Content-Encoding: aes128gcm', 16)
    const cipher = createDecipheriv('aes-128-gcm', key, part('Content-Encoding: nonce', 12))
    cipher.setAuthTag(sealed.subarray(-16))
    const opened = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()])
    if (opened.at(-1) !== 2) throw new Error('The record does not end')
    return opened.subarray(0, -1).toString()
  }
  return { subscription, decrypted }
}

/** Claims of a token, after its signature was verified by the key in the header. */
export const claimsOf = (authorization = ''): Record<string, unknown> => {
  const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? []
  const [head, claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((one) => one.toString('base64url'))
  const jwk = { kty: 'EC', crv: 'P-256', x: x!, y: y! }
  const isValid = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey({ format: 'jwk', key: jwk }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!isValid) throw new Error('The signature is wrong')
  return JSON.parse(Buffer.from(claims, 'base64url').toString())
}

/** A push service on a free port of this machine, with one browser. Its answers are set by the test. */
export const pushService = async () => {
  const names = [{ name: 'commonName', value: 'localhost' }]
  const made = await generate(names, {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const got: Got[] = []
  const answer: { status: number | 'none'; headers: Record<string, string> } = {
    status: 201,
    headers: {},
  }
  const server = createServer({ key: made.private, cert: made.cert }, (request, response) => {
    void (async () => {
      const body = await buffer(request)
      if (answer.status === 'none') return
      if (answer.status === 201)
        got.push({ payload: one.decrypted(body), headers: request.headers })
      response.writeHead(answer.status, answer.headers).end()
    })()
  }).listen(0, 'localhost')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const origin = `https://localhost:${port}`
  const one = browser(`${origin}/send/abc`)
  return {
    origin,
    subscription: one.subscription,
    ca: made.cert,
    got,
    answer,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
