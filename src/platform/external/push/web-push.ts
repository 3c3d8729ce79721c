import type { LookupAddress } from 'node:dns'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { endpointBreakers } from '../../outbound/endpoint-breakers.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { PrivateAddress, publicLookup } from '../../security/public-lookup.ts'
import { mayBePublicUrl } from '../../security/public-url.ts'
import { Unavailable } from '../../unavailable.ts'
import { encrypted, mostPayload } from './encryption.ts'
import { DeviceGone, PushRefused, type Push, type PushMessage } from './port.ts'
import { vapidHeader, vapidKeys } from './vapid.ts'

/** Lifetime of a token for a push service, in ms. */
const tokenTtl = 12 * 60 * 60_000

/** Which servers may be push services; tests allow one of their own. */
export type Reachable = {
  /** Whether a subscription may name this URL. Default: HTTPS on a public host, at its usual port. */
  readonly mayBeUrl?: (url: string) => boolean
  /** Whether requests may go to an address. Default: to public ones. */
  readonly isAllowed?: (address: string) => boolean
  /** Returns the addresses of a host. Default: by DNS. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>
  /** Certificate of an authority that is trusted besides the known ones, PEM. */
  readonly ca?: string
}

/**
 * Push messages to browsers (RFC 8030), with `node:crypto` (see `docs/decisions/084-…`). The endpoint is named by a user, so
 * that requests go to public addresses only, follow no redirect, and end in time.
 * @param options.secret 32 bytes, from which the key pair derives
 * @param options.subject contact of the operators of this Agora: `https://…`
 * @param options.clock the clock, for the expiry of tokens
 * @param options.timeoutMs limit of a whole request, in ms; default 10,000
 * @param options.reachable servers that may be push services
 */
export const webPush = ({
  secret,
  subject,
  clock,
  timeoutMs = policies.push.answerMs,
  reachable: { mayBeUrl = mayBePublicUrl, isAllowed, resolve, ca } = {},
}: {
  readonly secret: Buffer
  readonly subject: () => string
  readonly clock: () => Date
  readonly timeoutMs?: number
  readonly reachable?: Reachable
}): Push & { readonly client: OutboundClient } => {
  const services = endpointBreakers('The push service', policies.push)
  const keys = vapidKeys(secret)
  const lookup = publicLookup(isAllowed, resolve)

  const bodyOf = ({ subscription, payload }: PushMessage): Buffer => {
    const bytes = Buffer.from(payload)
    if (bytes.length > mostPayload) throw new PushRefused('The message is too long')
    try {
      return encrypted(bytes, subscription.keys)
    } catch (error) {
      throw new PushRefused('The keys of the subscription are invalid', { cause: error })
    }
  }

  const statusOf = (url: URL, headers: Record<string, string | number>, body: Buffer) =>
    new Promise<number>((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs)
      const answered = (response: IncomingMessage) => {
        // What the service says beside the status is not needed.
        response.destroy()
        resolve(response.statusCode ?? 0)
      }
      const options = { method: 'POST', headers, lookup, signal, agent: false, ...(ca && { ca }) }
      request(url, options, answered).on('error', reject).end(body)
    })

  const handOver = async (...request: Parameters<typeof statusOf>): Promise<void> => {
    const status = await statusOf(...request).catch((error: unknown) => {
      if (error instanceof PrivateAddress)
        throw new PushRefused('The subscription names no push service', { cause: error })
      throw new Unavailable('The push service did not answer', { cause: error })
    })
    if (status >= 200 && status < 300) return
    if (status === 404 || status === 410) throw new DeviceGone('The subscription has ended')
    if (status === 408 || status === 429 || status >= 500)
      throw new Unavailable(`The push service answered ${status}`)
    throw new PushRefused(`The push service answered ${status}`)
  }

  return {
    publicKey: keys.publicKey,
    client: { name: 'push', policy: policies.push, status: services.status },
    send: async (message) => {
      const { subscription, ttl, urgency, topic } = message
      if (!mayBeUrl(subscription.endpoint))
        throw new PushRefused('The subscription names no push service')
      const url = new URL(subscription.endpoint)
      const body = bodyOf(message)
      const expires = new Date(clock().getTime() + tokenTtl)
      const headers = {
        authorization: vapidHeader(keys, { audience: url.origin, subject: subject(), expires }),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        'content-length': body.length,
        ttl: String(ttl),
        urgency,
        ...(topic !== undefined && { topic }),
      }
      await services.attempt(url.origin, () => handOver(url, headers, body))
    },
  }
}
