import type { TObject, TSchema } from 'typebox'
import { Nothing } from '#kernel'
import type { Access } from '../../serving/caller.ts'
import { titles, type ProblemStatus } from '../../serving/problem.ts'
import { successOf, type Route } from '../../serving/route.ts'
import type { Upload } from '../../serving/upload.ts'
import { curlOf, type CodeSample } from './code-sample.ts'
import { headersOf, sharedHeaders } from './headers.ts'
import { schemaOf, type Schema } from './schema.ts'

/** A declared route; its handler does not matter to its description. */
type Declared = Route<TObject, TObject, TObject, TSchema, Access>

/** An operation of an OpenAPI document. */
export type Operation = {
  readonly operationId: string
  readonly summary: string
  /** The name of its module. */
  readonly tags: readonly string[]
  readonly description?: string
  readonly requestBody?: object
  readonly parameters?: readonly object[]
  readonly security?: readonly object[]
  /** By status. */
  readonly responses: Readonly<Record<string, object>>
  readonly 'x-codeSamples': readonly CodeSample[]
}

/** Statuses of the problems that a route may answer with, by its declaration. */
const problemsOf = (route: Declared): readonly ProblemStatus[] => {
  const { access, method, upload, binary, problems = [], params, guarded } = route
  const changes = method !== 'GET'
  const all: ProblemStatus[] = [400, 429, 500, 503, ...problems]
  if (access !== 'public') all.push(401)
  // A change that is authenticated by a cookie is refused from pages of other sites.
  if (access !== 'public' && (access !== 'user' || params || changes)) all.push(403)
  // What a route without a body is sent is read, to be refused.
  if (changes) all.push(413, 415)
  if (upload) all.push(408, 507)
  if (binary) all.push(416)
  if (changes) all.push(409, 422)
  if (guarded) all.push(409, 412)
  return [...new Set(all)].toSorted((a, b) => a - b)
}

/** Responses for problems, by status. */
export const problemResponses = (
  statuses: readonly ProblemStatus[],
): Readonly<Record<string, object>> =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: titles[status],
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    ]),
  )

/** Examples of a parameter, each named by its value. */
const namedExamples = (values: readonly unknown[]) =>
  Object.fromEntries(values.map((value) => [String(value), { value }]))

const parametersIn = (place: 'query' | 'path' | 'header', fields: TObject): readonly object[] => {
  const required: readonly string[] = fields.required ?? []
  return Object.entries(fields.properties).map(([name, field]) => {
    const { description, examples, ...schema } = schemaOf(field)
    return {
      schema,
      ...(Array.isArray(examples) && { examples: namedExamples(examples) }),
      in: place,
      name,
      required: required.includes(name),
      ...(description !== undefined && { description }),
    }
  })
}

const bodyOf = (body: TObject, example: unknown) => {
  const schema = schemaOf(body)
  return {
    required: true,
    content: inJson(schema, example),
    ...(schema.description !== undefined && { description: schema.description }),
  }
}

/** A form with files. */
const formOf = ({ field, maxFiles, description }: Upload) => ({
  required: true,
  description,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        required: [field],
        properties: {
          [field]: {
            type: 'array',
            minItems: 1,
            maxItems: maxFiles,
            items: { type: 'string', format: 'binary' },
          },
        },
      },
    },
  },
})

/** Responses of a route that sends bytes. */
const binaryResponses = {
  200: {
    description: 'All bytes',
    content: { '*/*': { schema: { type: 'string', format: 'binary' } } },
  },
  206: {
    description: 'The bytes of the `Range`',
    content: { '*/*': { schema: { type: 'string', format: 'binary' } } },
  },
  304: { description: 'Not changed' },
} as const

const inJson = (schema: Schema, example?: unknown) => ({
  'application/json': { schema, ...(example !== undefined && { example }) },
})

const describedHeaders = (headers: Readonly<Record<string, Schema>>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, { description, ...schema }]) => [
      name,
      { schema, description },
    ]),
  )

const responsesOf = (route: Declared): Readonly<Record<string, object>> => {
  const { status = 200, shared, bare, binary, data, tokens } = route
  if (binary) return { ...binaryResponses, ...problemResponses(problemsOf(route)) }
  const success = schemaOf(route.success ?? (bare ? data : successOf(data, tokens)))
  const headers = shared && { headers: describedHeaders(sharedHeaders) }
  const unchanged = 'Not changed'
  const answered = {
    description: success.description ?? 'Default Response',
    ...headers,
    // A redirect has no body.
    ...(success.type !== 'null' && { content: inJson(success) }),
  }
  return {
    [status]: answered,
    ...(route.finds && { 200: { ...answered, description: 'It was there already' } }),
    ...(shared && {
      304: {
        description: unchanged,
        ...headers,
        content: inJson({ description: unchanged }),
      },
    }),
    ...problemResponses(problemsOf(route)),
  }
}

/**
 * Operation of a declared route.
 * @param tag the name of its module
 * @param path of the route, with parameters in braces
 */
export const operationOf = (route: Declared, tag: string, path: string): Operation => {
  const {
    operationId,
    summary,
    description,
    access,
    method,
    body,
    upload,
    example,
    query,
    params,
  } = route
  const isPublic = access === 'public'
  return {
    operationId,
    summary,
    tags: [tag],
    ...(description && { description }),
    ...(body && { requestBody: bodyOf(body, example) }),
    ...(upload && { requestBody: formOf(upload) }),
    parameters: [
      ...parametersIn('query', query ?? Nothing),
      ...parametersIn('path', params ?? Nothing),
      ...parametersIn('header', headersOf(route)),
    ],
    ...(!isPublic && { security: [{ bearer: [] }, { cookie: [] }] }),
    responses: responsesOf(route),
    'x-codeSamples': [curlOf({ method, path, isPublic, example, file: upload?.field })],
  }
}
