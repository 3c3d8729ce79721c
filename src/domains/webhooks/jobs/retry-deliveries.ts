import { derivedUuid, timeAfter, type CommandOf, type DocumentOf } from '#kernel'
import { webhookDeliveries, webhooks } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import { idleUntilNext } from '../../../serving/idle-until-next.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { delivery, limits, sentAtOnce, trialPause, trialsAfter, triedFor } from '../language.ts'

/** Deliveries of a webhook that are given up in a round. */
const expiredAtOnce = 50
/** After this time a delivery that is still being sent takes no place, in ms: its job may be a dead letter. */
const longestAttempt = 10 * 60_000

type Webhook = DocumentOf<typeof webhooks>
type Delivery = DocumentOf<typeof webhookDeliveries>
type Ports = Pick<JobPorts, 'executor' | 'readModels'>

const due = (now: string) => ({ dueAt: { lte: now } })

/** Sends a command to each delivery. The streams decide whether it still applies: the read model may be behind. */
const toEach = async (
  { executor }: Ports,
  deliveries: readonly Delivery[],
  commandFor: (one: Delivery) => CommandOf<typeof delivery>,
): Promise<void> => {
  await Promise.all(
    deliveries.map(async (one) => {
      const command = commandFor(one)
      const commandId = derivedUuid(one.id, command.type, String(one.attempt), one.dueAt ?? '')
      const origin = { commandId, actorId: 'retry-deliveries', correlationId: commandId }
      await executor.execute(delivery, one.id, command, origin)
    }),
  )
}

/**
 * Gives up what has waited too long behind others. What has waited for an admin is not given up before the resumed endpoint
 * has had as much time.
 */
const expire = async (
  { id: webhookId, resumedAt }: Webhook,
  now: string,
  ports: Ports,
): Promise<void> => {
  const end = timeAfter(now, -triedFor)
  if (resumedAt !== undefined && resumedAt > end) return
  const { documents } = await ports.readModels.find(webhookDeliveries, {
    where: { webhookId, state: 'WAITING', since: { lt: end } },
    sort: ['since'],
    limit: expiredAtOnce,
    counted: false,
  })
  await toEach(ports, documents, () => ({ type: 'ExpireDelivery', data: {} }))
}

/** Returns how many further deliveries of a webhook may be sent now. */
const roomOf = async ({ id: webhookId }: Webhook, now: string, ports: Ports): Promise<number> => {
  const { documents } = await ports.readModels.find(webhookDeliveries, {
    where: { webhookId, state: 'SENDING', updatedAt: { gt: timeAfter(now, -longestAttempt) } },
    limit: sentAtOnce,
    counted: false,
  })
  return sentAtOnce - documents.length
}

/**
 * Retries what is due of a webhook, the oldest due time first: as many as there is room for, one at a time while its endpoint
 * fails.
 */
const retry = async (one: Webhook, now: string, ports: Ports): Promise<void> => {
  const { id: webhookId, failuresInARow, lastFailureAt } = one
  const isFailing = failuresInARow >= trialsAfter
  if (isFailing) {
    await expire(one, now, ports)
    const last = lastFailureAt ?? now
    if (timeAfter(last, trialPause(failuresInARow)) > now) return
  }
  const { documents } = await ports.readModels.find(webhookDeliveries, {
    where: { webhookId, ...due(now) },
    sort: ['dueAt'],
    limit: isFailing ? 1 : sentAtOnce,
    counted: false,
  })
  if (documents.length === 0) return
  const room = isFailing ? 1 : await roomOf(one, now, ports)
  const isBacklog = documents.length === sentAtOnce || documents.length > room
  if (isBacklog) await expire(one, now, ports)
  const released = documents.slice(0, room)
  await toEach(ports, released, ({ attempt }) => ({ type: 'RetryDelivery', data: { attempt } }))
}

/** Whether anything is due, of all webhooks or of some. */
const isAnyDue = async (
  now: string,
  { readModels }: Ports,
  of?: readonly Webhook[],
): Promise<boolean> => {
  const ofWebhooks = of && { webhookId: { in: of.map(({ id }) => id) } }
  const query = { where: { ...due(now), ...ofWebhooks }, limit: 1, counted: false }
  return (await readModels.find(webhookDeliveries, query)).documents.length > 0
}

/**
 * Retries the deliveries that are due, of each active webhook by itself; once a second while any is, and idle until the next one
 * is due.
 */
export const retryDeliveries = chore({
  name: 'retry-deliveries',
  every: 1_000,
  reads: [webhookDeliveries],
  run: async (ports) => {
    const now = ports.clock().toISOString()
    if (!(await isAnyDue(now, ports))) return idleUntilNext(webhookDeliveries, 'dueAt', now, ports)
    const { documents } = await ports.readModels.find(webhooks, {
      where: { status: 'ACTIVE' },
      limit: 2 * limits.webhooks,
      counted: false,
    })
    // What waits for an admin stays due, and costs no round of each other webhook.
    if (documents.length === 0 || !(await isAnyDue(now, ports, documents))) return undefined
    const rounds = await Promise.allSettled(documents.map((one) => retry(one, now, ports)))
    const failed = rounds.find((one) => one.status === 'rejected')
    // The others have been retried; these are again due in a second.
    if (failed) throw failed.reason
    return undefined
  },
})
