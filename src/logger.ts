import { pino } from 'pino'
import pretty from 'pino-pretty'
import type { FastifyBaseLogger } from 'fastify'
import { redactedPaths } from './http/dependencies.ts'

/**
 * Logs to standard output: for people on a terminal, one JSON object a line elsewhere. Secrets are left out.
 * @param level what is logged: info, debug, …
 */
export const createLogger = (level: string): FastifyBaseLogger => {
  const options = { level, base: null, redact: { paths: [...redactedPaths], censor: '***' } }
  return process.stdout.isTTY
    ? pino(options, pretty({ translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname', sync: true }))
    : pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime })
}
