/** A field of a message, as the generated classes read it. */
export type Field = {
  readonly number: number
  /** Name of its property. */
  readonly name: string
  readonly kind: 'message' | 'map' | 'text' | 'bytes' | 'number' | 'fixed32' | 'fixed64'
  readonly isRepeated: boolean
  /** Shape of a nested message. */
  readonly shape?: () => Shape
}

/** Shape of a message. */
export type Shape = {
  /** The same for each message of a class. */
  readonly id: object
  readonly fields: readonly Field[]
  /** Names of fields of which a message has one at most. */
  readonly choices: readonly (readonly string[])[]
}

type Message = { readonly toObject: () => Record<string, unknown>; readonly constructor: unknown }

/** The static side of a generated class, of which the published types name a part. */
type MessageClass = {
  new (): Message
  readonly deserializeBinaryFromReader: (message: Message, reader: object) => Message
  readonly oneofGroups_?: readonly (readonly number[])[]
}

/** Greatest number of a field that is looked for. */
const mostFields = 60

const kindOf = (method: string): Field['kind'] => {
  if (method === 'readString') return 'text'
  if (method === 'readBytes') return 'bytes'
  if (/Double|Fixed64/.test(method)) return 'fixed64'
  return /Float|Fixed32/.test(method) ? 'fixed32' : 'number'
}

const valueOf = (method: string): unknown => {
  if (method.endsWith('String')) return method === 'readString' ? 'x' : '1'
  if (method === 'readBytes') return new Uint8Array([1])
  return method === 'readBool' ? true : 1
}

/** Has a class read one field from a reader that only records how it is read. */
const probed = (type: MessageClass, number: number): Field | undefined => {
  let read: { readonly method: string; readonly nested: unknown } | undefined
  let turns = 0
  const reader = new Proxy(
    {},
    {
      get: (_, name) => {
        const method = String(name)
        if (method === 'nextField') return () => turns++ === 0
        if (method === 'getFieldNumber') return () => number
        if (method === 'isEndGroup' || method === 'isDelimited') return () => false
        return (nested: unknown) => {
          if (method.startsWith('read')) read = { method, nested }
          return valueOf(method)
        }
      },
    },
  )
  const message = new type()
  // Texts, as lists in an object are those of the message.
  const textsOf = () =>
    Object.entries(message.toObject()).map(([key, value]) => [key, JSON.stringify(value)] as const)
  const before = new Map(textsOf())
  type.deserializeBinaryFromReader(message, reader)
  if (!read) return undefined
  const after = message.toObject()
  const { method, nested } = read
  const name = textsOf().find(([key, text]) => text !== before.get(key))?.[0] ?? ''
  if (method !== 'readMessage')
    return { number, name, kind: kindOf(method), isRepeated: Array.isArray(after[name]) }
  const { constructor } = nested as Message
  // Entries of a map are read into the map itself.
  if (!('deserializeBinaryFromReader' in (constructor as object)))
    return { number, name: 'map', kind: 'map', isRepeated: false }
  return {
    number,
    name,
    kind: 'message',
    isRepeated: Array.isArray(after[name]),
    shape: () => shapeOfClass(constructor as MessageClass),
  }
}

const known = new Map<unknown, Shape>()

const shapeOfClass = (type: MessageClass): Shape => {
  const found = known.get(type)
  if (found) return found
  const fields = Array.from({ length: mostFields }, (_, at) => probed(type, at + 1)).filter(
    (field) => field !== undefined,
  )
  const nameOf = (number: number) => fields.find((field) => field.number === number)?.name ?? ''
  const choices = (type.oneofGroups_ ?? []).map((numbers) => numbers.map(nameOf))
  const shape = { id: type, fields, choices }
  known.set(type, shape)
  return shape
}

/** Returns the shape of the messages that a client is generated for, as no published package has their contracts. */
export const shapeOf = (message: object): Shape => shapeOfClass(message.constructor as MessageClass)
