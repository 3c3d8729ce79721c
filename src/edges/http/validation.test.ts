import { expect, test } from 'vitest'
import { Type, type TSchema } from 'typebox'
import { Fields } from '#kernel'
import { Name, Username } from '../../domains/shared/index.ts'
import { Problem } from '../../serving/problem.ts'
import { validatorCompiler } from './validation.ts'

const check = (schema: TSchema, httpPart: string, data: unknown): unknown => {
  const validate = validatorCompiler({ schema, httpPart, method: 'POST', url: '/' })
  const answer: unknown = validate(data)
  return answer
}

const problemWith = (schema: TSchema, data: unknown): Problem => {
  const { error } = check(schema, 'body', data) as { error?: unknown }
  expect.assert(error instanceof Problem)
  return error
}

const Basket = Fields({
  items: Type.Array(
    Fields({
      refId: Type.String({ format: 'uuid' }),
      quantity: Type.Integer({ minimum: 1, maximum: 5 }),
    }),
    { minItems: 1, maxItems: 2 },
  ),
  note: Type.Optional(Type.String({ minLength: 1, maxLength: 3 })),
  kind: Type.Optional(Type.Enum(['product', 'gig'])),
})

test('every fault names its field and the correction', () => {
  const { statusCode, errors, message } = problemWith(Basket, {
    items: [{ refId: 'lamp', quantity: 9, price: 1 }, {}],
    kind: 'car',
  })
  expect(statusCode).toBe(400)
  expect(errors).toStrictEqual([
    { field: 'items[0].price', message: 'is not known here; leave it out' },
    { field: 'items[0].refId', message: 'must be a UUID' },
    { field: 'items[0].quantity', message: 'must be at most 5' },
    { field: 'items[1].refId', message: 'is required' },
    { field: 'items[1].quantity', message: 'is required' },
    { field: 'kind', message: 'must be one of product, gig' },
  ])
  expect.assert(message.includes('items[0].quantity must be at most 5'))
})

test('lengths are reported in characters and entries', () => {
  const { errors } = problemWith(Basket, { items: [], note: 'much too long' })
  expect(errors).toStrictEqual([
    { field: 'items', message: 'must have at least 1 entry' },
    { field: 'note', message: 'must have at most 3 characters' },
  ])
})

test('values of a body are not converted: "1" is not a number', () => {
  const { errors } = problemWith(Fields({ count: Type.Integer() }), { count: '1' })
  expect(errors).toStrictEqual([{ field: 'count', message: 'must be an integer' }])
})

test('a body that is not an object, or is missing, is named as a whole', () => {
  for (const body of [undefined, null, 1, 'text', []])
    expect(problemWith(Basket, body).errors?.[0]?.field).toBe('body')
})

test('an empty object may be omitted', () => {
  const schema = Fields({ reason: Type.Optional(Type.String()) })
  expect(check(schema, 'body', undefined)).toStrictEqual({ value: {} })
})

const Query = Fields({
  page: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
  unread: Type.Optional(Type.Boolean()),
  q: Type.Optional(Type.String()),
})

test('numbers and booleans of a query are parsed, and defaults filled in', () => {
  expect(check(Query, 'querystring', { unread: 'true', q: '7' })).toStrictEqual({
    value: { page: 1, unread: true, q: '7' },
  })
  expect(check(Query, 'querystring', { page: '3' })).toStrictEqual({ value: { page: 3 } })
})

test('unparsable parameters are refused by name', () => {
  for (const query of [
    { page: 'x' },
    { page: '1.5' },
    { page: '0' },
    { page: '' },
    { page: ['1', '2'] },
  ]) {
    const { error } = check(Query, 'querystring', query) as { error?: unknown }
    expect.assert(error instanceof Problem, JSON.stringify(query))
    expect(error.errors?.[0]?.field).toBe('page')
  }
  const { error } = check(Query, 'querystring', { sort: 'up' }) as { error?: unknown }
  expect.assert(error instanceof Problem)
  expect(error.errors).toStrictEqual([
    { field: 'sort', message: 'is not known here; leave it out' },
  ])
})

test('messages never repeat the value', () => {
  const { message } = problemWith(Fields({ password: Type.String({ maxLength: 3 }) }), {
    password: 'hunter22',
  })
  expect.assert(!message.includes('hunter22'))
})

test('messages omit the alternative null, and describe patterns in words', () => {
  const schema = Fields({
    avatarMediaId: Type.Optional(Type.Union([Type.String({ format: 'uuid' }), Type.Null()])),
    name: Type.Optional(Type.Union([Name(1, 5), Type.Null()])),
    username: Type.Optional(Username),
  })
  const of = (data: unknown) => problemWith(schema, data).errors?.map(({ message }) => message)
  expect(of({ avatarMediaId: 'x' })).toStrictEqual(['must be a UUID'])
  expect(of({ name: 'too long a name' })).toStrictEqual(['must have at most 5 characters'])
  expect(of({ name: 7 })).toStrictEqual(['must be a text'])
  expect(of({ name: ' ' })?.[0] ?? '').toMatch(/^must show something/)
  expect(of({ username: 'two words' })?.[0] ?? '').toMatch(/^must be of letters/)
})
