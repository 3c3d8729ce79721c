import { hash, randomUUID } from 'node:crypto'
import { derivedUuid } from '#kernel'
import { keyedRequests } from '../../serving/keyed-requests.ts'
import type { Receipt, Receipts } from '../../platform/storage/idempotency/port.ts'
import type { Origin } from '../../runtime/execution.ts'
import type { Caller } from '../../serving/caller.ts'
import { refusal, type Answer } from '../../serving/message.ts'
import type { Logger } from './dependencies.ts'

/** A command that a client has sent over a socket. */
export type SocketCommand = {
  readonly caller: Caller
  readonly namespace: string
  readonly name: string
  readonly payload: { readonly idempotencyKey?: string }
}

/** Handles a command, once for each key. */
export type KeyedCommands = (
  command: SocketCommand,
  handle: (origin: Origin) => Promise<Answer>,
) => Promise<Answer>

const receiptOf = (answer: Answer): Receipt => ({
  status: 200,
  headers: {},
  body: Buffer.from(JSON.stringify(answer)),
})

/**
 * Makes commands over sockets idempotent by the mechanism of the header `Idempotency-Key` of HTTP, with the same keys for
 * each user. Under a key, a repetition of a command that succeeded is acknowledged as the first one was; another command
 * is refused, and so is a repetition while the first one is in progress. A refusal before which nothing was appended is not
 * stored. The command id derives from the key, so that a crash between effect and receipt causes no second effect.
 */
export const keyedCommands = (receipts: Receipts, logger: Logger): KeyedCommands => {
  const keyed = keyedRequests(receipts, (error) =>
    logger.warn({ err: error }, 'A receipt could not be stored and is retried'),
  )
  return async ({ caller: { id: actorId }, namespace, name, payload }, handle) => {
    const { idempotencyKey: key, ...rest } = payload
    const originBy = (commandId: string): Origin => ({
      commandId,
      actorId,
      correlationId: commandId,
    })
    if (key === undefined) return handle(originBy(randomUUID()))
    const scope = `user:${actorId}`
    const payloadHash = hash('sha256', `${namespace} ${name} ${JSON.stringify(rest)}`, 'hex')
    const found = await keyed.claim({ scope, key, payloadHash })
    switch (found.state) {
      case 'mismatch':
        return refusal(
          'idempotency_key_reused',
          'This idempotencyKey was sent with another request; pick a new key.',
        )
      case 'running':
        return refusal(
          'request_in_progress',
          'The first request with this idempotencyKey is still being served; try again in a moment.',
        )
      case 'answered':
        // The receipt of an answer of this command, as the payload's hash has its name.
        return JSON.parse(found.receipt.body.toString())
      case 'claimed': {
        const { claim } = found
        const origin = originBy(derivedUuid('socket', scope, payloadHash, key))
        try {
          const answer = await handle({ ...origin, onRecorded: claim.onRecorded })
          const isFinal = answer.ok || claim.hasRecorded()
          await keyed.settle(claim, isFinal ? receiptOf(answer) : undefined)
          return answer
        } catch (error) {
          await keyed.settle(claim, undefined)
          throw error
        }
      }
    }
  }
}
