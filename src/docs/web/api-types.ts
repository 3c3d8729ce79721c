import { keyOf, typePrinter, type Schema, type TypePrinter } from './typescript-types.ts'

type Parameter = {
  readonly in: string
  readonly name: string
  readonly required?: boolean
  readonly schema: Schema
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>

type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

/** The parts of an OpenAPI document that the types depend on. */
export type OpenApi = {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
}

const methods = ['get', 'put', 'post', 'patch', 'delete']

/** Headers that a page sets for one request; the others are set for every request, or by the browser. */
const ownHeaders = ['if-match']

const pascal = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase())

const isOperation = (value: object): value is Operation => 'operationId' in value

const parametersOf = (
  { operationId, parameters = [] }: Operation,
  { typeOf }: TypePrinter,
): string => {
  const kinds = ['query', 'path', 'header'].flatMap((kind) => {
    const own = parameters.filter(
      (one) => one.in === kind && (kind !== 'header' || ownHeaders.includes(one.name)),
    )
    if (own.length === 0) return []
    const isNeeded = own.some(({ required }) => required === true)
    const fields = own.map(
      ({ name, required, schema }) =>
        `${keyOf(name)}${required === true ? '' : '?'}: ${typeOf(schema, pascal(operationId) + pascal(name))}`,
    )
    return [`${kind}${isNeeded ? '' : '?'}: { ${fields.join('; ')} }`]
  })
  return kinds.length === 0 ? '{}' : `{ ${kinds.join('; ')} }`
}

const contentOf = (content: Content, name: string, { typeOf }: TypePrinter): string => {
  const kinds = Object.entries(content).map(([kind, { schema }]) => {
    const isForm = kind === 'multipart/form-data'
    return `${keyOf(kind)}: ${schema === undefined || isForm ? (isForm ? 'FormData' : 'unknown') : typeOf(schema, name)}`
  })
  return kinds.length === 0 ? 'content?: never' : `content: { ${kinds.join('; ')} }`
}

const bodyOf = (
  { operationId, requestBody }: Operation,
  printer: TypePrinter,
): readonly string[] => {
  if (!requestBody) return []
  const content = contentOf(requestBody.content, `${pascal(operationId)}Body`, printer)
  return [`requestBody${requestBody.required === true ? '' : '?'}: { ${content} }`]
}

/** Writes the types of an operation, in the form that `openapi-fetch` reads. */
const operationOf = (operation: Operation, printer: TypePrinter): string => {
  const successes = Object.entries(operation.responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, { content = {} }]) => {
      const answer = contentOf(content, `${pascal(operation.operationId)}Answer`, printer)
      return `${status}: { ${answer} }`
    })
  const problem = "default: { content: { 'application/problem+json': Problem } }"
  const parts = [
    `parameters: ${parametersOf(operation, printer)}`,
    ...bodyOf(operation, printer),
    `responses: { ${[...successes, problem].join('; ')} }`,
  ]
  return `{ ${parts.join('; ')} }`
}

const header = '// Generated from the declared routes and channels by `npm run docs`.\n'

/**
 * Writes the types of the HTTP API for the front end, and the paths whose queries take `?minPosition=`.
 * @param document OpenAPI
 */
export const apiTypes = ({ paths, components }: OpenApi): string => {
  const printer = typePrinter()
  // First, so that the shared schemas get their own names.
  const shared = Object.entries(components.schemas).flatMap(([name, schema]) => {
    const type = printer.typeOf(schema, name)
    return type === name ? [] : [`export type ${name} = ${type}\n`]
  })
  const all = Object.entries(paths).map(([path, item]) => {
    const operations = methods.flatMap((method): readonly [string, Operation][] => {
      const operation = item[method]
      return operation && isOperation(operation) ? [[method, operation]] : []
    })
    return { path, operations }
  })
  const types = all.map(({ path, operations }) => {
    const lines = operations.map(
      ([method, operation]) =>
        `    /** ${operation.summary} */\n    ${method}: ${operationOf(operation, printer)}\n`,
    )
    return `  '${path}': {\n${lines.join('')}  }\n`
  })
  const fresh = all.filter(({ operations }) =>
    operations.some(
      ([method, { parameters = [] }]) =>
        method === 'get' && parameters.some(({ name }) => name === 'minPosition'),
    ),
  )
  return [
    header,
    `/** Types of every operation, by path and method. */\nexport type paths = {\n${types.join('')}}\n`,
    ...shared,
    printer.declarations(),
    `/** Paths whose queries take \`?minPosition=\`. */\nexport const freshPaths: ReadonlySet<string> = new Set([\n${fresh.map(({ path }) => `  '${path}',\n`).join('')}])\n`,
  ].join('\n')
}

/** The messages of a namespace of the sockets. */
type Namespace = {
  readonly client: Readonly<
    Record<string, { readonly about: string; readonly payload: Schema; readonly details: Schema }>
  >
  readonly server: Readonly<Record<string, { readonly about: string; readonly payload: Schema }>>
}

const nameOf = (namespace: string, message: string): string =>
  `${namespace}:${message}`.replaceAll(/(?:^|[^A-Za-z]+)([A-Za-z])/g, (_, letter: string) =>
    letter.toUpperCase(),
  )

/** Writes the types of the sockets' messages for the front end, by namespace: requests with their acknowledgements, and pushed messages. */
export const socketTypes = (namespaces: Readonly<Record<string, Namespace>>): string => {
  const printer = typePrinter()
  const types = Object.entries(namespaces).map(([namespace, { client, server }]) => {
    const asks = Object.entries(client).map(([name, { about, payload, details }]) => {
      const called = nameOf(namespace, name)
      const sent = printer.typeOf(payload, called)
      const answer = printer.typeOf(details, `${called}Details`)
      return `      /** ${about} */\n      '${name}': { payload: ${sent}; details: ${answer} }\n`
    })
    const tells = Object.entries(server).map(
      ([name, { about, payload }]) =>
        `      /** ${about} */\n      '${name}': ${printer.typeOf(payload, nameOf(namespace, name))}\n`,
    )
    return `  '${namespace}': {\n    requests: {\n${asks.join('')}    }\n    pushes: {\n${tells.join('')}    }\n  }\n`
  })
  return [
    header,
    `/** Messages of the sockets, by namespace: requests with what an acknowledgement has besides \`ok\`, and pushes. */\nexport type Sockets = {\n${types.join('')}}\n`,
    printer.declarations(),
  ].join('\n')
}
