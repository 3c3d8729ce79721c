/** Address of the script that shows pushed messages. */
const worker = '/push-worker.js'

/** What is used of Trusted Types, which not every browser has. */
type TrustedTypes = {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ) => unknown
}

declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypes
  }
}

let isAllowed = false

/** The content security policy asks for a policy that names each script that is loaded by its address. */
const allowWorker = (): void => {
  if (isAllowed) return
  window.trustedTypes?.createPolicy('default', {
    createScriptURL: (url) => {
      if (url !== worker) throw new TypeError(`No script may be loaded from ${url}`)
      return url
    },
  })
  isAllowed = true
}

/** Whether this browser can show pushed messages; some can only once the page is on the home screen. */
export const canPush = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

/** A subscription, as the API takes it. */
export type SentSubscription = {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

const sent = (subscription: PushSubscription): SentSubscription => {
  const { endpoint, keys } = subscription.toJSON()
  return {
    endpoint: endpoint ?? subscription.endpoint,
    keys: { p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' },
  }
}

const current = async (): Promise<PushSubscription | undefined> => {
  if (!canPush()) return undefined
  const registration = await navigator.serviceWorker.getRegistration(worker)
  return (await registration?.pushManager.getSubscription()) ?? undefined
}

/** Address of this browser's subscription; undefined without one. */
export const subscribedEndpoint = async (): Promise<string | undefined> =>
  (await current())?.endpoint

/**
 * Asks for the permission to show notifications, and subscribes this browser.
 * @param publicKey of the server, base64url
 * @returns undefined when the permission is denied
 */
export const subscribe = async (publicKey: string): Promise<SentSubscription | undefined> => {
  if ((await Notification.requestPermission()) !== 'granted') return undefined
  allowWorker()
  await navigator.serviceWorker.register(worker)
  const { pushManager } = await navigator.serviceWorker.ready
  const options = { userVisibleOnly: true, applicationServerKey: publicKey }
  try {
    return sent(await pushManager.subscribe(options))
  } catch (error) {
    // A subscription with another key, as after a change of the server's, is replaced.
    const old = await pushManager.getSubscription()
    if (!old) throw error
    await old.unsubscribe()
    return sent(await pushManager.subscribe(options))
  }
}

/** Ends the subscription of this browser. */
export const unsubscribe = async (): Promise<void> => {
  await (await current())?.unsubscribe()
}
