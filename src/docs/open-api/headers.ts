import { Type, type TObject } from 'typebox'
import type { Method } from '../../serving/route.ts'

const HeaderText = (description: string) => Type.Optional(Type.String({ description }))

/** Request headers of a route, by its declaration. */
export const headersOf = ({
  method,
  guarded,
  shared,
  binary,
}: {
  readonly method: Method
  readonly guarded?: boolean
  readonly shared?: unknown
  readonly binary?: boolean
}): TObject =>
  Type.Object({
    'x-correlation-id': HeaderText(
      'A UUID, recorded with all events and commands that this request causes',
    ),
    ...(method !== 'GET' && {
      'idempotency-key': HeaderText(
        'Any text of up to 255 visible characters, valid for a day: the same request with the same key has one effect, and its answer is repeated. A refusal that changed nothing is not stored: the request may be sent again with its key once the cause has passed. Another request with the key is a 422; a request while the first one is being served is a 409 `request_in_progress`',
      ),
    }),
    ...(guarded && {
      'if-match': HeaderText(
        'The entity tag of an earlier answer: executed only if nothing has changed since',
      ),
    }),
    ...(binary && {
      range: HeaderText('One range of bytes, such as `bytes=0-1023`'),
      'if-range': HeaderText('The entity tag of an earlier answer: all bytes if they have changed'),
    }),
    ...((shared !== undefined || binary) && {
      'if-none-match': HeaderText(
        'The entity tag of an earlier answer: 304 if nothing has changed since',
      ),
    }),
  })

/** Response headers of a route whose answer is the same for all callers. */
export const sharedHeaders = {
  etag: { type: 'string', description: 'For `If-None-Match`; depends on the content alone' },
  'cache-control': { type: 'string', description: 'May be stored, and has to be revalidated' },
  'x-cache': {
    type: 'string',
    enum: ['hit', 'miss'],
    description: 'Whether the answer is from the cache of the gateway',
  },
  age: { type: 'integer', description: 'Time in that cache, in seconds' },
} as const
