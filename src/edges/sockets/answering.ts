import type { Static, TObject, TSchema } from 'typebox'
import { firstUse } from '#kernel'
import { Compile } from 'typebox/compile'
import { NotCaughtUp } from '../../runtime/reading.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import type { Logger } from './dependencies.ts'
import { fieldErrors } from '../../serving/schema-faults.ts'
import { refusal, type Answer, type Ask, type Refused } from '../../serving/message.ts'

const failed = (error: unknown, logger: Logger): Refused => {
  if (error instanceof NotCaughtUp)
    return refusal('not_caught_up', 'This is not readable yet; ask again in a moment.')
  if (error instanceof Unavailable)
    return refusal('unavailable', 'Something that Agora needs is away; ask again in a moment.')
  logger.error({ err: error }, 'A question over a socket could not be answered')
  return refusal('internal_error', 'Something went wrong on our side; it was noted.')
}

/**
 * Listens to what clients ask: checks it first, and acknowledges whatever happens. Clients need not wait for that.
 * @param asked what may be asked, as it is declared
 * @param handle answers once, by `reply`; what it throws is answered for it
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
  return (...sent: readonly unknown[]): void => {
    const ack = sent.at(-1)
    const [payload] = typeof ack === 'function' ? sent.slice(0, -1) : sent
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
