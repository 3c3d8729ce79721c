import { Type, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { catalogue, Fields, money, personal, secret } from '#kernel'
import { recorded } from '#kernel/testing'
import { declared } from '../../test/support/declared.ts'
import { maskedEvent } from '../platform/storage/event-log/masked-event.ts'
import { categoriesOf } from './declared.ts'
import { eventSchemas } from './event-schemas.ts'
import { jsonSchemaOf } from './json-schema.ts'

type Page = {
  readonly envelope: TSchema
  readonly events: Readonly<Record<string, { readonly data: TSchema; readonly version: number }>>
}
const page: Page = JSON.parse(JSON.stringify(eventSchemas(declared)))

const registered = {
  userId: '0198c0de-0000-7000-8000-000000000001',
  email: 'ann@example.org',
  username: 'ann',
  roles: ['buyer'],
}

describe('the schemas of events', () => {
  test('cover all event types, with emitter and consumers', () => {
    const types = categoriesOf(declared).flatMap(({ events }) => events.map(({ type }) => type))
    expect(Object.keys(page.events)).toEqual(types)
    expect(page.events.PaymentInitiated).toMatchObject({
      category: 'payment',
      emitter: { context: 'payments', decider: 'payment' },
      version: 1,
      consumers: {
        readModels: ['orders', 'payments'],
        sagas: [],
        jobs: ['charge-card'],
        sockets: ['/orders payment:status'],
      },
    })
    expect(page.events.OrderSagaStarted).toMatchObject({ emitter: { saga: 'fulfilment' } })
  })

  test('accept events, masked and unmasked, and reject others', () => {
    const { masked } = catalogue(Object.values(declared.contexts).flat())
    const { data: schema } = page.events.UserRegistered!
    const maskedEvent = masked('UserRegistered', registered)
    expect(maskedEvent).toMatchObject({ email: '***', username: '***' })
    expect(Check(schema, registered)).toBe(true)
    expect(Check(schema, maskedEvent)).toBe(true)
    expect(Check(schema, { ...registered, email: 'nowhere' })).toBe(false)
    expect(Check(schema, { ...registered, age: 30 })).toBe(false)
  })

  test('include the envelope', () => {
    const event = maskedEvent(catalogue([]), recorded('order-1', { type: 'OrderPaid', data: {} }))
    expect(Check(page.envelope, event)).toBe(true)
    expect(Check(page.envelope, { ...event, position: 'far' })).toBe(false)
    expect(Check(page.envelope, { ...event, metadata: {} })).toBe(false)
  })
})

describe('a JSON Schema', () => {
  test('has the marks as extension keywords, at any depth', () =>
    expect(
      jsonSchemaOf(
        Fields({
          hash: secret(Type.String()),
          lines: Type.Array(Fields({ name: personal(Type.String()) })),
          paid: Type.Union([money(Fields({})), Type.Null()]),
        }),
      ),
    ).toMatchObject({
      properties: {
        hash: { anyOf: [{ type: 'string' }, { const: '***' }], 'x-secret': true },
        lines: { items: { properties: { name: { 'x-personal': true } } } },
        paid: { anyOf: [{ 'x-money': true }, { type: 'null' }] },
      },
    }))

  test('keeps a field that is named as a mark', () =>
    expect(jsonSchemaOf(secret(Fields({ secret: Type.String(), money: Type.Integer() })))).toEqual({
      anyOf: [
        {
          type: 'object',
          required: ['secret', 'money'],
          properties: { secret: { type: 'string' }, money: { type: 'integer' } },
          additionalProperties: false,
        },
        { const: '***' },
      ],
      'x-secret': true,
    }))
})
