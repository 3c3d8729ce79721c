import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Fields } from '#kernel'
import { module } from '../../serving/module.ts'
import { route } from '../../serving/route.ts'
import { openApi } from './open-api.ts'
import { schemaOf } from './schema.ts'

const handle = async (): Promise<never> => {
  throw new Error('A description calls no handler')
}

const reading = route({
  method: 'GET',
  url: '/pages/:id',
  access: 'public',
  operationId: 'getPage',
  summary: 'One page',
  params: Type.Object({ id: Type.String({ format: 'uuid', description: 'Of the page' }) }),
  query: Type.Object({ at: Type.Optional(Type.String({ examples: ['3', '4'] })) }),
  data: Fields({ words: Type.String() }),
  handle,
})
const writing = route({
  method: 'PUT',
  url: '/pages/:id',
  access: 'user',
  operationId: 'putPage',
  summary: 'Write a page',
  params: Type.Object({ id: Type.String() }),
  body: Fields({ words: Type.String() }, { description: 'What it says.' }),
  example: { words: 'Hello' },
  guarded: true,
  data: Type.Null(),
  status: 302,
  bare: true,
  handle,
})

const document = openApi({
  version: '1.2.3',
  modules: [
    module({ name: 'pages', about: 'What is written', routes: [reading, writing] }),
    module({ name: 'elsewhere', about: 'Another part', routes: [{ ...reading, url: '/other' }] }),
  ],
  prefix: '/api',
  isServed: (name) => name === 'pages',
})

test('every module has a tag, and the modules that are served have their routes described', () => {
  expect(document.tags.map(({ name }) => name)).toEqual(['pages', 'elsewhere'])
  expect(Object.keys(document.paths)).toEqual(['/api/pages/{id}'])
  expect(Object.keys(document.paths['/api/pages/{id}'] ?? {})).toEqual(['get', 'put'])
})

test('a read has its parameters, and no security where it is public', () => {
  expect(document.paths['/api/pages/{id}']).toHaveProperty('get.parameters', [
    {
      in: 'query',
      name: 'at',
      required: false,
      schema: { type: 'string' },
      examples: { 3: { value: '3' }, 4: { value: '4' } },
    },
    {
      in: 'path',
      name: 'id',
      required: true,
      schema: { type: 'string', format: 'uuid' },
      description: 'Of the page',
    },
    expect.objectContaining({ in: 'header', name: 'x-correlation-id', required: false }),
  ])
  expect(document.paths['/api/pages/{id}']).not.toHaveProperty('get.security')
})

test('a change has its body with an example, its problems by its declaration, and security', () => {
  const { put } = document.paths['/api/pages/{id}'] as Record<string, Record<string, object>>
  expect(put?.requestBody).toMatchObject({
    required: true,
    description: 'What it says.',
    content: { 'application/json': { example: { words: 'Hello' } } },
  })
  expect(put?.security).toEqual([{ bearer: [] }, { cookie: [] }])
  expect(Object.keys(put?.responses ?? {})).toEqual([
    '302',
    '400',
    '401',
    '403',
    '409',
    '412',
    '413',
    '415',
    '422',
    '429',
    '500',
    '503',
  ])
  expect(put?.responses).toHaveProperty('302', { description: 'Default Response' })
})

test('a constant becomes an enum of one value, also in lists; a property of that name stays one', () =>
  expect(
    schemaOf(
      Type.Object(
        { const: Type.Literal('a'), list: Type.Array(Type.Union([Type.Literal(1), Type.Null()])) },
        { $id: 'X' },
      ),
    ),
  ).toEqual({
    type: 'object',
    required: ['const', 'list'],
    properties: {
      const: { type: 'string', enum: ['a'] },
      list: { type: 'array', items: { anyOf: [{ type: 'number', enum: [1] }, { type: 'null' }] } },
    },
  }))

test('a route of files has a form as its body; a binary one has bytes, parts of them, and problems', () => {
  const { paths } = openApi({
    version: '1.2.3',
    modules: [
      module({
        name: 'files',
        about: 'Files',
        routes: [
          {
            ...writing,
            method: 'POST',
            body: undefined as never,
            upload: { field: 'file', maxFiles: 2, description: 'Files' },
          },
          { ...reading, binary: true },
        ],
      }),
    ],
    prefix: '',
  })
  const { get, post } = paths['/pages/{id}'] as Record<string, Record<string, object>>
  expect(post?.requestBody).toMatchObject({
    content: { 'multipart/form-data': { schema: { required: ['file'] } } },
  })
  expect(JSON.stringify(post?.['x-codeSamples'])).toContain('-F file=@')
  expect(Object.keys(post?.responses ?? {})).toEqual(expect.arrayContaining(['413', '415', '507']))
  expect(Object.keys(get?.responses ?? {})).toEqual(
    expect.arrayContaining(['200', '206', '304', '416']),
  )
})
