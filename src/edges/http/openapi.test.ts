import SwaggerParser from '@apidevtools/swagger-parser'
import { Check } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { httpWorld, onlyProcess, type HttpWorld } from '../../../test/support/http.ts'
import { modules } from '../../domains/index.ts'
import { operationModules } from '../../operations/index.ts'
import { apiDocument } from './api-document.ts'

type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly security?: readonly object[]
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly schema: object; readonly example: unknown }>
    >
  }
  readonly 'x-codeSamples': readonly { readonly source: string }[]
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, unknown>> }>
  >
}

describe('the description of the API', () => {
  let world: HttpWorld
  let document: {
    openapi: string
    paths: Record<string, Record<string, Operation>>
    components: { schemas: Record<string, unknown> }
    tags: { name: string }[]
  }
  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    )
  beforeAll(async () => {
    world = await httpWorld()
    document = (await world.anyone('GET', '//docs/openapi.json')).body
  })
  afterAll(() => world[Symbol.asyncDispose]())

  test('is valid OpenAPI 3.1, at the root and below the prefix', async () => {
    expect(document.openapi).toBe('3.1.0')
    await SwaggerParser.validate(JSON.parse(JSON.stringify(document)))
    const below = await world.anyone('GET', '/docs/openapi.json')
    expect(below.body).toStrictEqual(document)
  })

  test('the served document is the printed one, as JSON and as YAML', async () => {
    expect(document).toEqual(apiDocument([...modules, ...operationModules]))
    expect((await world.anyone('GET', '//docs/json')).body).toEqual(document)
    const { text } = await world.anyone('GET', '/docs/yaml')
    // YAML aliases are avoided, as not every parser resolves them.
    expect(parse(text, { maxAliasCount: 0 })).toEqual(document)
  })

  test('a process that serves some contexts describes the routes of those, and the tags of all', async () => {
    const isHere = (name: string) => name === 'catalog' || name === 'system'
    await using some = await httpWorld({ processes: { ...onlyProcess(), isHere } })
    const { paths, tags } = (await some.anyone('GET', '//docs/openapi.json')).body
    const described = Object.values<Record<string, Operation>>(paths).flatMap((methods) =>
      Object.values(methods).flatMap((operation) => operation.tags),
    )
    expect(new Set(described)).toEqual(new Set(['catalog', 'system']))
    expect(tags).toEqual(document.tags)
  })

  test('every operation has a unique id, a summary, a declared tag and its security', () => {
    const all = operations()
    expect.assert(all.length > 30)
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length)
    const known = document.tags.map(({ name }) => name)
    for (const { operationId, summary, tags, path, security, responses } of all) {
      expect.assert(summary.length > 5, operationId)
      expect.assert(tags.length === 1 && known.includes(tags[0] ?? ''), operationId)
      expect(
        '401' in responses &&
          !/\/(login|service-token|refresh|logout|validate|callback|content|thumbnail|file|(shipping|payments)\/webhooks\/\{\w+\})$/.test(
            path,
          ),
        operationId,
      ).toBe(security !== undefined)
    }
  })

  test('every body has a valid example', () => {
    const bodies = operations().flatMap(({ operationId, requestBody }) =>
      // Forms have files, of which there are no examples.
      requestBody && !('multipart/form-data' in requestBody.content)
        ? [{ operationId, content: requestBody.content['application/json'] }]
        : [],
    )
    expect.assert(bodies.length > 8)
    for (const { operationId, content } of bodies) {
      expect.assert(content?.example, operationId)
      expect.assert(Check(content.schema, content.example), operationId)
    }
  })

  test('every operation describes its problems', () => {
    expect.assert('Problem' in document.components.schemas)
    for (const { operationId, responses, method, path } of operations()) {
      const problems = Object.keys(responses).filter((status) => Number(status) >= 400)
      const expected = [
        '500',
        ...(method === 'get' ? [] : ['400', '413', '415']),
        ...(path.includes('{') ? ['400'] : []),
      ]
      expect(problems, operationId).toEqual(expect.arrayContaining(expected))
      for (const status of problems)
        expect(responses[status]?.content?.['application/problem+json']).toStrictEqual({
          schema: { $ref: '#/components/schemas/Problem' },
        })
    }
  })

  test('no part of an intersection excludes the fields of the others', () => {
    const excludes = (schema: unknown): boolean =>
      typeof schema === 'object' &&
      schema !== null &&
      (('allOf' in schema &&
        Array.isArray(schema.allOf) &&
        schema.allOf.some((part) => part.additionalProperties === false)) ||
        Object.values(schema).some(excludes))
    const closed = operations().filter(({ responses }) => excludes(responses))
    expect(closed.map(({ operationId }) => operationId)).toEqual([])
  })

  test('authenticated changes may be refused as cross-site requests', () => {
    const silent = operations()
      .filter(
        ({ responses, method, security }) => security && method !== 'get' && !('403' in responses),
      )
      .map(({ operationId }) => operationId)
    expect(silent).toStrictEqual([])
  })

  test('the documentation page loads nothing from other servers', async () => {
    for (const root of ['//docs', '/docs']) {
      const page = await world.anyone('GET', `${root}/`)
      expect(page.status).toBe(200)
      expect(String(page.headers['content-type'])).toMatch(/text\/html/)
      expect(String(page.headers['content-security-policy'])).toMatch(/default-src 'self'/)
      expect(page.headers['strict-transport-security']).toBeUndefined()
      expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
      const assets = [...page.text.matchAll(/(?:src|href)="\.?\/?([^"]+)"/g)].map(([, url]) => url)
      expect.assert(assets.length > 3)
      for (const url of assets) {
        const path =
          url?.startsWith('docs/') || url?.startsWith('api/') ? `//${url}` : `${root}/${url}`
        expect((await world.anyone('GET', path)).status, path).toBe(200)
      }
    }
  })

  test('every operation has a command of curl, which the page shows', async () => {
    const script = (await world.anyone('GET', '/docs/static/theme/agora.js')).text
    expect(script).toContain("operation['x-codeSamples']")
    for (const { operationId, method, security, 'x-codeSamples': samples } of operations()) {
      expect(samples, operationId).toHaveLength(1)
      const source = samples[0]!.source
      expect(source).toContain(method === 'get' ? 'curl "' : `curl -X ${method.toUpperCase()} "`)
      expect(source.includes('$TOKEN'), operationId).toBe(security !== undefined)
    }
  })

  test('every path parameter has a pattern that excludes control characters', () => {
    type Parameter = { in: string; name: string; schema: Record<string, unknown> }
    const inPaths = Object.values(document.paths).flatMap((methods) =>
      Object.values<{ parameters?: Parameter[] }>(methods as never).flatMap(({ parameters = [] }) =>
        parameters.filter(({ in: place }) => place === 'path'),
      ),
    )
    expect.assert(inPaths.length > 40)
    for (const { name, schema } of inPaths) {
      const { pattern, format, enum: values } = schema
      if (format === 'uuid' || values) continue
      expect.assert(typeof pattern === 'string', `${name} is any text: give it PathText`)
      for (const text of ['\u0000', 'a-\u0000b', 'a-\nb', 'a-\u001b'])
        expect(text, name).not.toMatch(new RegExp(pattern, 'u'))
    }
  })
})
