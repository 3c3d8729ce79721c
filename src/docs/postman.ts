/** The parts of an OpenAPI document that a collection needs. */
type Parameter = {
  readonly in: string
  readonly name: string
  readonly required?: boolean
}
type Body = { readonly content: Readonly<Record<string, { readonly example?: unknown }>> }
type Answers = Readonly<
  Record<string, { readonly schema?: { readonly required?: readonly string[] } }>
>
type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Body
  readonly security?: readonly object[]
  readonly responses?: Readonly<Record<string, { readonly content?: Answers }>>
}

/** An OpenAPI document, as a collection is made of it. */
export type DescribedApi = {
  readonly info: { readonly title: string; readonly version: string }
  readonly tags: readonly { readonly name: string; readonly description?: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
}

const schema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

/** Whether an answer has an access token, which the following requests send. */
const signsIn = ({ responses = {} }: Operation): boolean =>
  Object.values(responses).some(({ content = {} }) =>
    Object.values(content).some((one) => one.schema?.required?.includes('tokens') ?? false),
  )

/** Stores the tokens of an answer in variables of the collection. */
const storesTokens = {
  listen: 'test',
  script: {
    type: 'text/javascript',
    exec: [
      'const { tokens } = pm.response.json()',
      "if (tokens) pm.collectionVariables.set('accessToken', tokens.accessToken)",
      "if (tokens) pm.collectionVariables.set('refreshToken', tokens.refreshToken)",
    ],
  },
}

const isOperation = (value: object): value is Operation => 'operationId' in value

const urlOf = (path: string, parameters: readonly Parameter[]) => {
  const segments = path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll(/\{(\w+)\}/g, ':$1'))
  const of = (place: string) => parameters.filter((one) => one.in === place)
  const query = of('query').map(({ name, required }) => ({
    key: name,
    value: '',
    disabled: required !== true,
  }))
  const variable = of('path').map(({ name }) => ({ key: name, value: '' }))
  return {
    raw: `{{baseUrl}}/${segments.join('/')}`,
    host: ['{{baseUrl}}'],
    path: segments,
    ...(query.length > 0 && { query }),
    ...(variable.length > 0 && { variable }),
  }
}

const bodyOf = ({ content }: Body) => {
  const json = content['application/json']
  if (!json)
    return { body: { mode: 'formdata', formdata: [{ key: 'file', type: 'file', src: [] }] } }
  return {
    header: [{ key: 'content-type', value: 'application/json' }],
    body: {
      mode: 'raw',
      raw: JSON.stringify(json.example ?? {}, null, 2),
      options: { raw: { language: 'json' } },
    },
  }
}

const itemOf = (method: string, path: string, operation: Operation) => {
  const { operationId, summary, parameters = [], requestBody, security } = operation
  return {
    id: operationId,
    name: summary,
    ...(signsIn(operation) && { event: [storesTokens] }),
    request: {
      method: method.toUpperCase(),
      header: [],
      ...(requestBody && bodyOf(requestBody)),
      url: urlOf(path, parameters),
      ...(!security && { auth: { type: 'noauth' } }),
    },
  }
}

/**
 * Makes a Postman collection (format 2.1) of an OpenAPI document: a folder for each tag, a request for each operation, with the
 * example of its body. Signing in stores the token that all other requests send. Bruno and Insomnia import it as well.
 */
export const postmanCollection = ({ info, tags, paths }: DescribedApi) => {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      isOperation(operation) ? [{ method, path, operation }] : [],
    ),
  )
  return {
    info: {
      name: `${info.title} ${info.version}`,
      description:
        'Made of docs/openapi.json by `npm run docs`. Sign in first: the token is stored in `accessToken`.',
      schema,
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{accessToken}}', type: 'string' }] },
    variable: [
      { key: 'baseUrl', value: 'http://localhost:3000' },
      { key: 'accessToken', value: '' },
      { key: 'refreshToken', value: '' },
    ],
    item: tags.map(({ name, description }) => ({
      name,
      ...(description !== undefined && { description }),
      item: operations
        .filter(({ operation }) => operation.tags[0] === name)
        .map(({ method, path, operation }) => itemOf(method, path, operation)),
    })),
  }
}
