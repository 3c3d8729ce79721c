/** A subscription of a browser to push messages, as `PushSubscription.toJSON()` gives it (W3C Push API). */
export type PushSubscription = {
  /** URL at the push service of the browser's maker. */
  readonly endpoint: string
  /** Keys of the browser, base64url: its public key (P-256), and a secret. */
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

/** A message to one device. */
export type PushMessage = {
  readonly subscription: PushSubscription
  /** What the service worker receives; JSON of at most 3,000 bytes. */
  readonly payload: string
  /** How long the push service holds it for a device that is off, in s. */
  readonly ttl: number
  /** Whether it may wake a device that saves power. */
  readonly urgency: 'normal' | 'high'
  /** A later message of the same topic replaces one that still waits: 1 to 32 letters of base64url. */
  readonly topic?: string
}

/** Sends push messages. */
export type Push = {
  /** Public key by which browsers subscribe (`applicationServerKey`): P-256, uncompressed, base64url. */
  readonly publicKey: string
  /**
   * Hands a message to the push service.
   * @throws DeviceGone when the subscription has ended
   * @throws PushRefused when a retry would fail as well
   * @throws Unavailable when the push service did not take it in time; retry
   */
  readonly send: (message: PushMessage) => Promise<void>
}

/** The subscription has ended: the push service knows it no longer. */
export class DeviceGone extends Error {
  override name = 'DeviceGone'
}

/** A message that the push service never takes, or a subscription that names no push service. */
export class PushRefused extends Error {
  override name = 'PushRefused'
}
