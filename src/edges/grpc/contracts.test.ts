import { describe, expect, test } from 'vitest'
import { modules } from '../../domains/index.ts'
import { loadContracts } from './contracts.ts'

/** The part of a message's descriptor (google/protobuf/descriptor.proto) that is compared. */
type Descriptor = {
  readonly name: string
  readonly field: readonly {
    readonly name: string
    readonly label: string
    readonly type: string
    readonly typeName: string
    readonly options: unknown
  }[]
  readonly nestedType: readonly Descriptor[]
}

/** The part of a JSON Schema that is compared. */
type Schema = {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

const { definition, services } = loadContracts()

const messages = new Map<string, Descriptor>()
const addMessage = (name: string, descriptor: Descriptor): void => {
  messages.set(name, descriptor)
  for (const nested of descriptor.nestedType) addMessage(`${name}.${nested.name}`, nested)
}
for (const [name, one] of Object.entries(definition))
  if ('format' in one && 'type' in one) addMessage(name, one.type as unknown as Descriptor)

/** Full name of a message, as a field of another message names it. */
const resolved = (name: string, scope: string): string => {
  for (let at = scope; ; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const found = at === '' ? name : `${at}.${name}`
    if (messages.has(found)) return found
    if (at === '') throw new Error(`There is no message ${name} in ${scope}`)
  }
}

const scalars: Readonly<Record<string, readonly string[]>> = {
  string: ['TYPE_STRING'],
  integer: ['TYPE_INT32', 'TYPE_INT64'],
  number: ['TYPE_DOUBLE', 'TYPE_INT64'],
  boolean: ['TYPE_BOOL'],
}

/** A schema without `null`, and with the type of its constants. */
const plain = (schema: Schema): Schema => {
  const { anyOf } = schema
  const [only, ...more] = (anyOf ?? []).filter(({ type }) => type !== 'null')
  if (only && more.length === 0) return plain(only)
  const [sample = schema.const] = schema.enum ?? []
  return schema.type === undefined && sample !== undefined
    ? { ...schema, type: typeof sample }
    : schema
}

/** Differences between the fields of a message and the properties of a schema. */
const differences = (
  name: string,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  path = '',
): string[] => {
  const message = messages.get(name)!
  const byName = new Map(message.field.map((field) => [field.name, field]))
  const missing = message.field.flatMap((field) =>
    field.name in properties || isOptional(field) ? [] : [`${path}${field.name} is in no schema`],
  )
  const wrong = Object.entries(properties).flatMap(([key, property]) => {
    const field = byName.get(key)
    const where = `${path}${key}`
    if (!field) return [`${where} is not in ${name}`]
    const schema = plain(property)
    const isList = schema.type === 'array'
    if (isList !== (field.label === 'LABEL_REPEATED')) return [`${where} is a list in one of both`]
    if (!required.includes(key) && !isOptional(field)) return [`${where} must be optional`]
    const one = isList ? plain(schema.items!) : schema
    const isMessage = field.type === 'TYPE_MESSAGE'
    // A pair of numbers.
    if (one.type === 'array') return isMessage ? [] : [`${where} must be a message`]
    if (one.properties)
      return isMessage
        ? differences(
            resolved(field.typeName, name),
            one.properties,
            one.required ?? [],
            `${where}.`,
          )
        : [`${where} must be a message`]
    return scalars[one.type ?? '']?.includes(field.type) ? [] : [`${where} is a ${field.type}`]
  })
  return [...missing, ...wrong]
}

/** Whether the absence of a field can be told from its default. */
const isOptional = ({ label, type, options }: Descriptor['field'][number]): boolean =>
  label === 'LABEL_REPEATED' || type === 'TYPE_MESSAGE' || options !== null

const propertiesOf = (schema: unknown): Readonly<Record<string, Schema>> =>
  (schema as Schema | undefined)?.properties ?? {}

const declared = modules.flatMap(({ routes }) =>
  routes.flatMap((route) => (route.rpcs ?? []).map((rpc) => ({ ...rpc, route }))),
)

const nameOf = (message: { readonly type: object }, scope: string): string =>
  resolved((message.type as Descriptor).name, scope)

describe.for(declared)('the contract of $name', ({ name, params: fixed = {}, route }) => {
  const [service = '', method = ''] = name.split('/')
  const { requestType, responseType } = services.get(service)![method]!
  const scope = service.slice(0, service.lastIndexOf('.'))

  test('has the fields of its route’s parameters, query and body, all of them optional', () => {
    if (route.upload) return
    const all = {
      ...propertiesOf(route.params),
      ...propertiesOf(route.query),
      ...propertiesOf(route.body),
    }
    const asked = Object.fromEntries(Object.entries(all).filter(([key]) => !(key in fixed)))
    expect(differences(nameOf(requestType, scope), asked, [])).toEqual([])
  })

  test('has the fields of its route’s answer', () => {
    if (route.binary) return
    const text = { type: 'string' }
    const tokens = {
      type: 'object',
      properties: { accessToken: text, refreshToken: text },
      required: ['accessToken', 'refreshToken'],
    }
    const data = route.data as Schema
    const properties = { ...propertiesOf(data), ...(route.tokens && { tokens }) }
    expect(differences(nameOf(responseType, scope), properties, data.required ?? [])).toEqual([])
  })
})
