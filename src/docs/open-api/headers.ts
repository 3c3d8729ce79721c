import { Type, type TObject } from 'typebox'
import type { Method } from '../../serving/route.ts'

const HeaderText = (description: string) => Type.Optional(Type.String({ description }))

/** Request headers of a route, by its declaration. */
export const headersOf = ({
  method,
  guarded,
  shared,
}: {
  readonly method: Method
  readonly guarded?: boolean
  readonly shared?: unknown
}): TObject =>
  Type.Object({
    'x-correlation-id': HeaderText('A UUID that everything this request sets off is marked with'),
    ...(method === 'POST' && {
      'idempotency-key': HeaderText(
        'Any text of up to 255 visible characters, for a day: the same request under the same key has one effect, and its answer is given again. A refusal that changed nothing is not remembered: the same request may be sent again under its key once the cause has passed. Another request under the key is a 422; while the first one is still being served, it is a 409 `request_in_progress`',
      ),
    }),
    ...(guarded && {
      'if-match': HeaderText(
        'The entity tag from an earlier answer: only if nothing changed since',
      ),
    }),
    ...(shared !== undefined && {
      'if-none-match': HeaderText(
        'The entity tag from an earlier answer: only if it says more now',
      ),
    }),
  })

/** Response headers of a route whose answer is the same for all callers. */
export const sharedHeaders = {
  etag: { type: 'string', description: 'For `If-None-Match`: what it says, not when' },
  'cache-control': { type: 'string', description: 'It may be kept, and has to be asked for anew' },
  'x-cache': { type: 'string', enum: ['hit', 'miss'], description: 'Whether it was kept here' },
  age: { type: 'integer', description: 'How long it was, in seconds' },
} as const
