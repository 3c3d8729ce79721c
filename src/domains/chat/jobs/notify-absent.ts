import { derivedId, derivedUuid, isRefusal, timeAfter, type DocumentOf } from '#kernel'
import { conversations } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import { idleUntilNext } from '../../../serving/idle-until-next.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { notification, templated } from '../../notifications/language.ts'
import { NotificationId } from '../../shared/index.ts'
import { conversation } from '../language.ts'

/** How long a message may wait to reach its recipient before they count as absent, in ms. */
const patience = 10_000

/** Number of conversations per query. */
const atOnce = 100

type Entry = DocumentOf<typeof conversations>

/**
 * Notifies a participant of unread messages. Both ids follow from the read mark, so that a repetition after a crash
 * notifies once, and later messages do not until the participant has read.
 */
const notify = async (
  { executor: { execute } }: Pick<JobPorts, 'executor'>,
  { conversationId, userId, readUpTo = '', awaitedSince = '' }: Entry,
): Promise<void> => {
  const origin = (part: string) => {
    const commandId = derivedUuid(conversationId, userId, readUpTo, part)
    return { commandId, actorId: 'notify-absent', correlationId: commandId }
  }
  const id = derivedId(NotificationId, conversationId, userId, 'unread_messages', readUpTo)
  const requested = await execute(
    notification,
    id,
    {
      type: 'RequestNotification',
      data: {
        userId,
        channel: 'in_app',
        ...templated('unread_messages'),
      },
    },
    origin('request'),
  )
  if (isRefusal(requested)) throw new Error(`The notification was refused: ${requested.refused}`)
  const data = { userId, upTo: awaitedSince }
  const command = { type: 'RecordNotice' as const, data }
  await execute(conversation, conversationId, command, origin('record'))
}

/**
 * Notifies participants whom messages have not reached for a while: once a conversation until they read, however many
 * messages come. What it has to do is in the read model, so that it costs nothing while everybody is there.
 */
export const notifyAbsent = chore({
  name: 'notify-absent',
  every: 5_000,
  reads: [conversations],
  run: async (ports) => {
    const before = timeAfter(ports.clock().toISOString(), -patience)
    for (let after = ''; ;) {
      const { documents } = await ports.readModels.find(conversations, {
        where: { awaitedSince: { lte: before }, id: { gt: after } },
        sort: ['id'],
        limit: atOnce,
        counted: false,
      })
      if (after === '' && documents.length === 0)
        return idleUntilNext(conversations, 'awaitedSince', before, ports)
      await Promise.all(documents.map((entry) => notify(ports, entry)))
      if (documents.length < atOnce) return undefined
      after = documents.at(-1)!.id
    }
  },
})
