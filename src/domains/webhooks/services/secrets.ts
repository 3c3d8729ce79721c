import { createHmac } from 'node:crypto'
import type { JobPorts } from '../../../serving/job-ports.ts'
import type { WebhookId, WebhookState } from '../language.ts'

type Keys = Pick<JobPorts['keys'], 'secretFor'>
type Subscribed = Extract<WebhookState, { readonly url: string }>

/**
 * Returns the signing secret of a webhook: `whsec_` and 32 bytes in base64. It derives from the secret of this Agora, so that
 * none is stored.
 * @param version number of the secret, from 1
 */
export const secretOf = (keys: Keys, id: WebhookId, version: number): string => {
  const mac = createHmac('sha256', keys.secretFor('webhooks')).update(`${id} ${version}`)
  return `whsec_${mac.digest('base64')}`
}

/** Returns the secrets that sign now, the present one first. */
export const signingSecrets = (
  keys: Keys,
  id: WebhookId,
  { secretVersion, previousUntil }: Subscribed,
  now: Date,
): readonly string[] => {
  const isOverlap = previousUntil !== undefined && now.toISOString() < previousUntil
  return [secretVersion, ...(isOverlap ? [secretVersion - 1] : [])].map((version) =>
    secretOf(keys, id, version),
  )
}
