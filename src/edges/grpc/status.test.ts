import { status as codes } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { failureIn } from '../../../test/support/grpc.ts'
import { loadContracts } from './contracts.ts'
import { codeOf, statusErrors } from './status.ts'

test.for([
  [400, 'invalid_request', 'INVALID_ARGUMENT'],
  [401, 'not_signed_in', 'UNAUTHENTICATED'],
  [403, 'forbidden', 'PERMISSION_DENIED'],
  [404, 'not_found', 'NOT_FOUND'],
  [409, 'email_taken', 'FAILED_PRECONDITION'],
  [409, 'conflict', 'ABORTED'],
  [409, 'request_in_progress', 'ABORTED'],
  [412, 'revision_mismatch', 'ABORTED'],
  [413, 'too_large', 'RESOURCE_EXHAUSTED'],
  [422, 'idempotency_key_reused', 'INVALID_ARGUMENT'],
  [429, 'too_many_requests', 'RESOURCE_EXHAUSTED'],
  [500, 'internal_error', 'INTERNAL'],
  [503, 'overloaded', 'UNAVAILABLE'],
  [507, 'out_of_space', 'RESOURCE_EXHAUSTED'],
  [418, 'teapot', 'UNKNOWN'],
] as const)('%i %s is %s', ([status, code, name]) => {
  expect(codes[codeOf({ status, code })]).toBe(name)
})

test('an error carries the name of the problem, its fields, and the delay before a repetition', () => {
  const contracts = loadContracts()
  const error = statusErrors(contracts)({
    status: 429,
    code: 'too_many_requests',
    detail: 'Later, Jörg.',
    errors: [{ field: 'a', message: 'is too much' }],
    retryAfter: 7,
    traceId: 't',
  })
  expect(failureIn(error)).toEqual({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'too_many_requests',
    fields: ['a'],
    details: 'Later, Jörg.',
  })
  const [bytes] = error.metadata.get('grpc-status-details-bin')
  const read = contracts.message('google.rpc.Status').deserialize(Buffer.from(bytes!))
  const { details } = read as { details: { type_url: string; value: Buffer }[] }
  const retry = details.find(({ type_url }) => type_url.endsWith('google.rpc.RetryInfo'))!
  const info = contracts.message('google.rpc.RetryInfo').deserialize(Buffer.from(retry.value))
  expect(info).toEqual({ retryDelay: { seconds: 7 } })
})
