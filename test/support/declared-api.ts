import type { Shop } from './shop.ts'

/** One parameter of an operation. */
export type Parameter = { readonly name: string; readonly in: 'path' | 'query' | 'header' }

/** An operation of a server's OpenAPI document. */
export type Operation = {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with its parameters in braces. */
  readonly path: string
  readonly parameters: readonly Parameter[]
  /** A valid body, for operations that have one. */
  readonly example: unknown
}

type Described = {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly example?: unknown }>>
  }
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Returns all operations of a server's OpenAPI document. */
export const operationsOf = async ({ anyone }: Pick<Shop, 'anyone'>): Promise<Operation[]> => {
  const { body } = await anyone('GET', '//docs/openapi.json')
  return Object.entries<Record<string, Described>>(body.paths).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const described = operations[method.toLowerCase()]
      if (!described) return []
      const { operationId: id, parameters = [], requestBody } = described
      const example = requestBody?.content['application/json']?.example
      return [{ id, method, path, parameters, example }]
    }),
  )
}

/** Returns a path with a value for each parameter. */
export const filled = (path: string, value: (name: string) => string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(value(name)))
