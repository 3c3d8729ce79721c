import { setTimeout as pause } from 'node:timers/promises'
import { backOff } from '../../platform/back-off.ts'
import type { Fault } from '../../platform/messaging/command-queue/port.ts'
import {
  BadCommand,
  parsedCommand,
  type CommandMessage,
  type CommandRequest,
} from './command-message.ts'

/** An answer of the HTTP edge. */
export type HttpAnswer = {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** Calls the HTTP edge within the process. */
export type Inject = (request: {
  readonly method: CommandRequest['method']
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: string
}) => Promise<HttpAnswer>

/** What a message says besides its body. */
export type Envelope = {
  readonly content: Buffer
  readonly messageId: unknown
  readonly authorization: unknown
  readonly correlationId: unknown
  /** Why it must not be carried out, whatever its command is. */
  readonly fault?: Fault
}

/** Outcome of a command. */
export type Outcome = {
  readonly status: number
  /** Of the resource that was created, where there is one. */
  readonly location?: string
  /** Body of the answer, parsed. */
  readonly body: unknown
  /** Why the message itself is no command, and goes to the dead letters whether anybody waits for the answer or not. */
  readonly poison?: string
  /** Whether the body of the message may have secrets, such as a password. */
  readonly isSecret?: true
  /** Whether the failure is temporary, and lasts: the command is to be delivered again. */
  readonly isTemporary?: true
}

/** Time that a command with a temporary failure is repeated before others have its place, in ms. */
const mostPatience = 5_000

/** Answers after which the same command may succeed: it is repeated. */
const temporary: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Attempts of a command that ends with an internal error. */
const internalErrors = 5

/** Ids of messages that can be idempotency keys. */
const isKey = (id: unknown): id is string =>
  typeof id === 'string' && /^[\x21-\x7e]{1,255}$/.test(id)

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const parsedBody = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}

/** The outcome of a message that was not carried out. */
const refused = ({ status, code, message }: BadCommand): Outcome => ({
  status,
  body: { success: false, status, code, detail: message },
  ...(code === 'no_command' && { isSecret: true }),
})

/** The outcome of a message that must not be carried out. */
const poisonous = ({ status, reason }: Fault): Outcome => ({
  status,
  body: { success: false, status, code: 'not_carried_out', detail: reason },
  poison: reason,
})

const isInProgress = ({ statusCode, body }: HttpAnswer): boolean =>
  statusCode === 409 &&
  (parsedBody(body) as { readonly code?: unknown } | undefined)?.code === 'request_in_progress'

/** The pause before the next attempt, as the answer asks for it, in ms; at most a minute. */
const askedPause = ({ headers }: HttpAnswer): number =>
  Math.min(Number(headers['retry-after'] ?? 0) || 0, 60) * 1_000

/**
 * Carries out the command of a message as HTTP would: the message's id is the idempotency key, the header `authorization`
 * has the caller's token. Temporary failures are repeated under the same key, for a limited time.
 * @param options.patience the time of repetitions, in ms
 * @throws the signal's reason
 */
export const carryOut = async (
  { content, messageId, authorization, correlationId, fault }: Envelope,
  {
    requestOf,
    inject,
    prefix,
    signal,
    patience = mostPatience,
  }: {
    readonly requestOf: (command: CommandMessage) => CommandRequest
    readonly inject: Inject
    /** Prefix of the API. */
    readonly prefix: string
    readonly signal: AbortSignal
    readonly patience?: number
  },
): Promise<Outcome> => {
  let request: CommandRequest
  try {
    // First, as the refusal of an operation with secrets comes before all others.
    request = requestOf(parsedCommand(content))
    if (fault) return poisonous(fault)
    if (!isKey(messageId))
      throw new BadCommand(
        400,
        'key_missing',
        'The property message-id must be 1 to 255 visible ASCII characters: it is the idempotency key',
      )
    if (typeof authorization !== 'string')
      return refused(
        new BadCommand(401, 'token_missing', 'The header authorization must be Bearer and a token'),
      )
  } catch (error) {
    if (!(error instanceof BadCommand)) throw error
    return { ...refused(error), ...(error.status === 400 && { poison: error.message }) }
  }
  const call = {
    method: request.method,
    url: `${prefix}${request.url}`,
    headers: {
      authorization,
      'idempotency-key': messageId,
      ...(typeof correlationId === 'string' &&
        uuid.test(correlationId) && { 'x-correlation-id': correlationId }),
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(request.body !== undefined && { payload: JSON.stringify(request.body) }),
  }
  const pauses = backOff({ first: 100, most: 5_000 })
  const deadline = performance.now() + patience
  for (let errors = 0; ;) {
    signal.throwIfAborted()
    const answer = await inject(call)
    if (answer.statusCode === 500) errors += 1
    const isFinal = answer.statusCode === 500 ? errors >= internalErrors : !isTemporary(answer)
    if (isFinal) {
      const { location } = answer.headers
      return {
        status: answer.statusCode,
        ...(typeof location === 'string' && { location }),
        body: parsedBody(answer.body),
        ...(answer.statusCode === 500 && { poison: 'It ended with an internal error repeatedly' }),
      }
    }
    const ms = Math.max(pauses.next(), askedPause(answer))
    if (answer.statusCode !== 500 && performance.now() + ms > deadline)
      return { status: answer.statusCode, body: parsedBody(answer.body), isTemporary: true }
    await pause(ms, undefined, { signal }).catch(() => undefined)
  }
}

const isTemporary = (answer: HttpAnswer): boolean =>
  temporary.has(answer.statusCode) || isInProgress(answer)
