import type { Static, TObject, TSchema } from 'typebox'
import { firstUse, inNormalForm } from '#kernel'
import { Compile } from 'typebox/compile'
import { NotCaughtUp } from '../../runtime/reading.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import type { Logger } from './dependencies.ts'
import { Problem } from '../../serving/problem.ts'
import { fieldErrors } from '../../serving/schema-faults.ts'
import { refusal, type Answer, type Ask, type Refused } from '../../serving/message.ts'

const failed = (error: unknown, logger: Logger): Refused => {
  if (error instanceof NotCaughtUp)
    return refusal(
      'not_caught_up',
      'The read model has not reached this position yet; try again in a moment.',
    )
  if (error instanceof Unavailable)
    return refusal(
      'unavailable',
      'A service that Agora depends on is unavailable; try again in a moment.',
    )
  if (error instanceof Problem && error.statusCode < 500) return refusal(error.code, error.message)
  logger.error({ err: error }, 'A socket handler failed')
  return refusal('internal_error', 'An internal error occurred; it was logged.')
}

/**
 * Creates the listener of a question: validates the payload, then acknowledges every outcome, if the client asked for
 * an acknowledgement.
 * @param asked the declaration of the question
 * @param handle calls `reply` once; its errors become refusals
 */
export const answering = <Payload extends TSchema, Details extends TObject>(
  asked: Ask<Payload, Details>,
  handle: (
    payload: Static<Payload>,
    reply: (answer: Answer<Static<Details>>) => void,
  ) => Promise<void>,
  logger: Logger,
) => {
  const compiled = firstUse(() => Compile(asked.payload))
  const normalize = inNormalForm(asked.payload)
  return (...args: readonly unknown[]): void => {
    const ack = args.at(-1)
    const [given] = typeof ack === 'function' ? args.slice(0, -1) : args
    const payload = normalize ? normalize(given) : given
    const reply = (answer: Answer<Static<Details>>): void => {
      if (typeof ack === 'function') ack(answer)
    }
    const validator = compiled()
    if (!validator.Check(payload)) {
      const [{ field, message }] = fieldErrors(validator.Errors(payload), 'The payload')
      return reply(refusal('invalid_request', `${field} ${message}.`))
    }
    handle(payload, reply).catch((error: unknown) => reply(failed(error, logger)))
  }
}
