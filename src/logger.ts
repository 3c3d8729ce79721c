import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import pretty from 'pino-pretty'
import { redactedPaths } from './edges/http/dependencies.ts'

/** What is worth knowing of an error. Others hang clients and requests on theirs, with all that is in them. */
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
 * Logs to standard output: for people on a terminal, one JSON object a line elsewhere. Secrets are left out.
 * @param level what is logged: info, debug, …
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
