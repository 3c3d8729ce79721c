import type {
  CommandDelivery,
  CommandQueue,
  Settlement,
} from '../../platform/messaging/command-queue/port.ts'
import type { AnyRoute } from '../../serving/route.ts'
import { carryOut, type Inject, type Outcome } from './carry-out.ts'
import { requestsOf } from './command-message.ts'

/** A message is dead when it is no command, or when it was refused and no sender waits for the answer. */
const settlementOf = (
  { poison, isSecret, isTemporary, ...answer }: Outcome,
  { isAnswered }: Pick<CommandDelivery, 'isAnswered'>,
): Settlement => {
  if (isTemporary) return 'later'
  const { status, body } = answer
  if (poison === undefined && (status < 400 || isAnswered)) return { answer }
  const detail = (body as { readonly detail?: string } | undefined)?.detail
  return {
    answer,
    dead: {
      status,
      reason: poison ?? detail ?? 'It was refused',
      ...(isSecret && { isSecret }),
    },
  }
}

/**
 * Takes commands of other systems from a queue, and carries them out as the HTTP edge would: the same routes, validation,
 * permissions and idempotency.
 * @param deps.routes of all modules
 * @param deps.inject calls the HTTP edge
 * @param deps.prefix of the API
 * @returns `close`, which waits for the commands that are being carried out
 */
export const takeCommands = (
  queue: CommandQueue,
  {
    routes,
    inject,
    prefix,
  }: {
    readonly routes: readonly AnyRoute[]
    readonly inject: Inject
    readonly prefix: string
  },
): ReturnType<CommandQueue['take']> => {
  const requestOf = requestsOf(routes)
  return queue.take(async (delivery, signal) =>
    settlementOf(await carryOut(delivery, { requestOf, inject, prefix, signal }), delivery),
  )
}
