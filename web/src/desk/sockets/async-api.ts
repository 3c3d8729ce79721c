/** A field of a message: `order.items[].quantity`, its type in words, and what it means. */
export type MessageField = {
  readonly path: string
  readonly type: string
  readonly isRequired: boolean
  readonly about: string
}

/** A message with its fields. */
export type Message = {
  readonly name: string
  readonly about: string
  readonly fields: readonly MessageField[]
}

/** A request that clients send, with the fields of its acknowledgement. */
export type Request = Message & { readonly answer: readonly MessageField[] }

/** A namespace of the sockets. */
export type SocketNamespace = {
  readonly name: string
  readonly about: string
  readonly requests: readonly Request[]
  readonly pushes: readonly Message[]
}

type Node = Readonly<Record<string, unknown>>

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const nodeOf = (value: unknown): Node => (isNode(value) ? value : {})

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Follows a reference (`#/channels/…`) in a document; what is none is returned as it is. */
const resolved = (document: Node, value: unknown): Node => {
  const node = nodeOf(value)
  const reference = textOf(node['$ref'])
  if (!reference.startsWith('#/')) return node
  const found = reference
    .slice(2)
    .split('/')
    .map((name) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, name) => nodeOf(at)[name], document)
  return nodeOf(found)
}

const alternatives = (document: Node, schema: Node): readonly Node[] =>
  [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])].map((one) => resolved(document, one))

/** The type of a schema in words: `'a' | 'b'`, `string (uuid)`, `integer[]`. */
const typeOf = (document: Node, schema: Node): string => {
  if ('const' in schema) return JSON.stringify(schema['const'])
  const values = listOf(schema['enum'])
  if (values.length > 0) return values.map((one) => JSON.stringify(one)).join(' | ')
  const choices = alternatives(document, schema)
  if (choices.length > 0)
    return [...new Set(choices.map((one) => typeOf(document, one)))].join(' | ')
  const type = textOf(schema['type'])
  if (type === 'array') return `${typeOf(document, resolved(document, schema['items']))}[]`
  const format = textOf(schema['format'])
  return `${type || 'any'}${format && ` (${format})`}`
}

const fieldsOf = (document: Node, given: unknown, prefix = ''): readonly MessageField[] => {
  const schema = resolved(document, given)
  const required = listOf(schema['required'])
  return Object.entries(nodeOf(schema['properties'])).flatMap(([name, value]) => {
    const field = resolved(document, value)
    const isList = field['type'] === 'array'
    const within = isList ? resolved(document, field['items']) : field
    const path = `${prefix}${name}${isList ? '[]' : ''}`
    return [
      {
        path,
        type: typeOf(document, field),
        isRequired: required.includes(name),
        about: textOf(field['description']),
      },
      ...fieldsOf(document, within, `${path}.`),
    ]
  })
}

/** The fields of an acknowledgement that is no refusal; refusals are the same for all requests. */
const answerOf = (document: Node, message: Node): readonly MessageField[] => {
  const payload = resolved(document, message['payload'])
  const [accepted = payload] = alternatives(document, payload)
  return fieldsOf(document, accepted)
}

const messageOf = (document: Node, message: Node): Message => ({
  name: textOf(message['name']),
  about: textOf(message['summary']),
  fields: fieldsOf(document, message['payload']),
})

/** Returns the namespaces of the sockets that an AsyncAPI document (version 3) declares; its other channels are left out. */
export const namespacesIn = (given: unknown): readonly SocketNamespace[] => {
  const document = nodeOf(given)
  const operations = Object.values(nodeOf(document['operations'])).map(nodeOf)
  return Object.entries(nodeOf(document['channels'])).flatMap(([id, value]) => {
    const channel = nodeOf(value)
    const name = textOf(channel['address'])
    if (!name.startsWith('/')) return []
    const own = operations.filter((one) => nodeOf(one['channel'])['$ref'] === `#/channels/${id}`)
    const firstOf = (operation: Node) => resolved(document, listOf(operation['messages'])[0])
    return [
      {
        name,
        about: textOf(channel['description']),
        requests: own
          .filter(({ action }) => action === 'receive')
          .map((one) => ({
            ...messageOf(document, firstOf(one)),
            answer: answerOf(document, firstOf(nodeOf(one['reply']))),
          })),
        pushes: own
          .filter(({ action }) => action === 'send')
          .map((one) => messageOf(document, firstOf(one))),
      },
    ]
  })
}
