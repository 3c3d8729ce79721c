import { expect, test } from 'vitest'
import { payloadFields, typedPayload, type Typed } from './payload-fields.ts'

const schema = {
  type: 'object',
  required: ['kind', 'minutes'],
  properties: {
    kind: { enum: ['sales', 'orders'], description: 'What it is about' },
    format: { anyOf: [{ const: 'csv' }, { const: 'html' }] },
    minutes: { type: 'integer', minimum: 1, maximum: 60 },
    mail: { type: 'boolean' },
    text: { type: 'string' },
    segment: { anyOf: [{ type: 'object' }, { type: 'null' }] },
  },
}

/** What is typed into fields; what is missing is empty. */
const typing = (values: Readonly<Record<string, string>>): Typed => ({
  text: (name) => values[name] ?? '',
  number: (name) => (values[name] === undefined ? undefined : Number(values[name])),
  ticked: (name) => name in values,
})

test('the fields of a payload follow from its schema', () => {
  expect(payloadFields(schema).map(({ name, kind }) => [name, kind])).toStrictEqual([
    ['kind', 'choice'],
    ['format', 'choice'],
    ['minutes', 'number'],
    ['mail', 'yes-no'],
    ['text', 'text'],
    ['segment', 'json'],
  ])
  const [kind, format, minutes] = payloadFields(schema)
  expect(kind).toMatchObject({ options: ['sales', 'orders'], isRequired: true })
  expect(kind?.about).toBe('What it is about')
  expect(format).toMatchObject({ options: ['csv', 'html'], isRequired: false })
  expect(minutes).toMatchObject({ min: 1, max: 60, isRequired: true })
  expect(payloadFields({ type: 'object' })).toStrictEqual([])
})

test('a payload has the typed values, without empty fields', () => {
  const typed = typing({
    'payload.kind': 'sales',
    'payload.minutes': '5',
    'payload.mail': 'on',
    'payload.segment': '{"role":"buyer"}',
  })
  expect(typedPayload(payloadFields(schema), typed)).toStrictEqual({
    payload: { kind: 'sales', minutes: 5, mail: true, segment: { role: 'buyer' } },
    notJson: [],
  })
})

test('a text that is no JSON names its field', () => {
  const { payload, notJson } = typedPayload(
    payloadFields(schema),
    typing({ 'payload.segment': '{role' }),
  )
  expect([payload, notJson]).toStrictEqual([{}, ['segment']])
})
