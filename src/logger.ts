import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import pretty from 'pino-pretty'
import { redactedPaths } from './edges/http/dependencies.ts'

/** Fields of an error to log. Other fields are dropped: libraries attach whole clients and requests, with secrets. */
const errorOf = (error: unknown): object => {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const { code } = error as { code?: unknown }
  return {
    type: name,
    message,
    stack,
    ...(typeof code === 'string' && { code }),
    ...(cause !== undefined && { cause: errorOf(cause) }),
  }
}

/**
 * Creates a logger to standard output: formatted on a terminal, one JSON object per line elsewhere. Secrets are redacted.
 * @param level minimum level: info, debug, …
 */
export const createLogger = (level: string): FastifyBaseLogger => {
  const options = {
    level,
    base: null,
    redact: { paths: [...redactedPaths], censor: '***' },
    serializers: { err: errorOf },
  }
  return process.stdout.isTTY
    ? pino(options, pretty({ translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname', sync: true }))
    : pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime })
}
