import { Type } from 'typebox'
import { Fields } from '#kernel'
import { LogEntry, LogLevel, type LogPlace } from '../../../platform/observability/logs/port.ts'
import { Cursor, foreignCursor } from '../../../serving/cursors.ts'
import { during, period } from '../../../serving/moments.ts'
import type { Ports } from '../../../serving/ports.ts'
import { route } from '../../../serving/route.ts'

const text = { minLength: 1, maxLength: 200, pattern: '^[^\\u0000\\ud800-\\udfff]*$' }

/** Identifies a question for its cursors. */
const questionOf = (asked: object): string =>
  JSON.stringify(['logs', ...Object.entries(asked).toSorted(([a], [b]) => (a < b ? -1 : 1))])

/** Decodes the place of a cursor. @throws Problem 400 when it belongs to another question */
const placeOf = (
  { cursors }: Pick<Ports, 'cursors'>,
  cursor: string | undefined,
  question: string,
): LogPlace | undefined => {
  if (cursor === undefined) return undefined
  const { value, key: id } = cursors.placeIn(cursor, question)
  if (typeof value !== 'string') throw foreignCursor()
  return { time: value, id }
}

/** Routes of the log lines of all processes. */
export const logRoutes = [
  route({
    method: 'GET',
    url: '/observability/logs',
    access: 'admin',
    operationId: 'queryLogs',
    summary: 'Log lines of all processes, the latest first',
    description:
      'Lines are found a second or two after they were written. Each answer with a 5xx has a line with its error and the chain of causes; `traceId` is that of the answer. Secrets and personal data are replaced by `***`.',
    query: Fields({
      service: Type.Optional(
        Type.String({
          pattern: '^[a-z][a-z0-9+-]{0,99}$',
          description:
            'The context that served the request; otherwise `agora`, or the roles of the process',
        }),
      ),
      level: Type.Optional(LogLevel),
      q: Type.Optional(
        Type.String({
          ...text,
          description: 'Words; each begins a word of the message or of an error in the chain',
        }),
      ),
      traceId: Type.Optional(Type.String({ ...text })),
      ...period,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
      cursor: Type.Optional(Cursor),
    }),
    data: Type.Object({
      entries: Type.Array(LogEntry),
      nextCursor: Type.Optional(
        Type.String({ description: 'For `?cursor=`; absent at the end of the lines' }),
      ),
    }),
    handle: async ({ query }, ports) => {
      const { limit = 100, cursor, ...asked } = query
      during(asked)
      const question = questionOf(asked)
      const before = placeOf(ports, cursor, question)
      // One more than the limit shows whether there are older ones.
      const found = await ports.logs.find({ ...asked, before, limit: limit + 1 })
      const entries = found.slice(0, limit)
      const last = entries.at(-1)
      const nextCursor =
        last && found.length > limit
          ? ports.cursors.cursorOf(question, { value: last.time, key: last.id })
          : undefined
      return { data: { entries, ...(nextCursor !== undefined && { nextCursor }) } }
    },
  }),
]
