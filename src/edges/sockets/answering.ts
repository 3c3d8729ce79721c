import type { Static, TObject, TSchema } from 'typebox'
import { firstUse } from '#kernel'
import { Compile, type Validator } from 'typebox/compile'
import { NotCaughtUp } from '../../runtime/reading.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import type { Logger } from './dependencies.ts'
import { refusal, type Answer, type Ask, type Refused } from '../../serving/message.ts'

type Fault = ReturnType<Validator['Errors']>[number]

/** Names that a client made up may be of any length. */
const nameIn = (names: unknown): string =>
  String(Array.isArray(names) ? names[0] : '').slice(0, 100)

/** What a person may do about a fault, as a sentence that names the field. */
const told = ({ keyword, instancePath, params, message }: Fault): string => {
  const field = instancePath.slice(1).replaceAll('/', '.') || 'The payload'
  if (keyword === 'required' && 'requiredProperties' in params)
    return `${nameIn(params.requiredProperties)} is required.`
  if (keyword === 'additionalProperties' && 'additionalProperties' in params)
    return `${nameIn(params.additionalProperties)} is not known here; leave it out.`
  if (keyword === 'format' && 'format' in params && params.format === 'uuid')
    return `${field} must be a UUID.`
  return `${field} ${message}.`
}

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
      const faults = validator.Errors(payload)
      // `boolean` says again what `additionalProperties` says.
      const fault = faults.find(({ keyword }) => keyword !== 'boolean')
      return reply(
        refusal('invalid_request', fault ? told(fault) : 'The payload is not as it must be.'),
      )
    }
    handle(payload, reply).catch((error: unknown) => reply(failed(error, logger)))
  }
}
