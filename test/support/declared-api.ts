import type { Shop } from './shop.ts'

/** One parameter of an operation. */
export type Parameter = { readonly name: string; readonly in: 'path' | 'query' | 'header' }

/** What the OpenAPI of a server says it can be asked. */
export type Operation = {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With its parameters in braces. */
  readonly path: string
  readonly parameters: readonly Parameter[]
  /** A body that would be taken, where one is. */
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

/** Every operation that a server describes. */
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

/** A path with something in the place of each parameter. */
export const filled = (path: string, value: (name: string) => string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(value(name)))
