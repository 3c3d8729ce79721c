import type { FastifyBaseLogger } from 'fastify'
import { pino, type LoggerOptions } from 'pino'
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
 * Options of the logger: secrets are redacted, and errors are logged with their causes.
 * @param level minimum level: info, debug, …
 * @param copy called with each line as JSON, for its way to the log store
 */
export const loggerOptions = (level: string, copy?: (line: string) => void): LoggerOptions => ({
  level,
  base: null,
  redact: { paths: [...redactedPaths], censor: '***' },
  serializers: { err: errorOf },
  ...(copy && {
    hooks: {
      streamWrite: (line: string) => {
        copy(line)
        return line
      },
    },
  }),
})

/** Creates a logger to standard output: formatted on a terminal, one JSON object per line elsewhere. See `loggerOptions`. */
export const createLogger = async (
  ...given: Parameters<typeof loggerOptions>
): Promise<FastifyBaseLogger> => {
  const options = loggerOptions(...given)
  if (!process.stdout.isTTY) return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime })
  const { default: pretty } = await import('pino-pretty')
  const format = { translateTime: 'SYS:HH:MM:ss.l', ignore: 'pid,hostname', sync: true }
  return pino(options, pretty(format))
}
