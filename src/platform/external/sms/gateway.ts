import { createAvailability } from '../../availability.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { signWebhook, webhookHeader } from '../../security/webhook-signature.ts'
import { Unavailable } from '../../unavailable.ts'
import { checkedMessage } from './checked-message.ts'
import { SmsRefused, type Sms, type TextMessage } from './port.ts'

const policy = policies.sms

/** Credentials in a URL are percent-encoded; those in a header are not. */
const basic = ({ username, password }: URL): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`

/**
 * Text messages by an HTTP gateway that takes forms with `To`, `From` and `Body`, as Twilio does. Each request is signed with
 * the password of the URL, as webhooks are (`webhookHeader`), and names its message (`Idempotency-Key`).
 * @param options.url `https://account:password@host/path`
 * @param options.from number or name of the sender
 * @param options.clock the clock, for signatures
 * @param options.timeoutMs limit of a whole request, in ms; default 10,000
 * @param options.onChange called when the gateway stops answering, and when it answers again
 */
export const gatewaySms = ({
  url,
  from,
  clock,
  timeoutMs = policy.answerMs,
  onChange,
}: {
  readonly url: string
  readonly from: string
  readonly clock: () => Date
  readonly timeoutMs?: number
  readonly onChange?: (isUp: boolean, error?: unknown) => void
}): Sms & { readonly client: OutboundClient } => {
  const availability = createAvailability('The gateway of text messages', { policy, onChange })
  const target = new URL(url)
  const authorization = basic(target)
  const secret = decodeURIComponent(target.password)
  target.username = ''
  target.password = ''
  const handOver = async ({ id, to, text }: TextMessage): Promise<void> => {
    const body = new URLSearchParams({ To: to, From: from, Body: text }).toString()
    const answer = await fetch(target, {
      method: 'POST',
      body,
      headers: {
        authorization,
        'content-type': 'application/x-www-form-urlencoded',
        'idempotency-key': id,
        [webhookHeader]: signWebhook(secret, Buffer.from(body), clock()),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw new Unavailable('The gateway of text messages did not answer', { cause: error })
    })
    // What it says beside the status may contain the number.
    await answer.body?.cancel()
    if (answer.ok) return
    // Failed authentication is for operators to correct, and no reason to refuse the message.
    if (answer.status === 400 || answer.status === 404 || answer.status === 422)
      throw new SmsRefused(`The gateway of text messages answered ${answer.status}`)
    throw new Unavailable(`The gateway of text messages answered ${answer.status}`)
  }
  return {
    send: async (message) => {
      const checked = checkedMessage(message)
      await availability.attempt(() => handOver(checked))
    },
    forget: async () => 0,
    client: { name: 'sms', policy, status: availability.status },
  }
}
