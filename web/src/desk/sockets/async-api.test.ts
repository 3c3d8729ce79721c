import { expect, test } from 'vitest'
import { namespacesIn } from './async-api.ts'

const document = {
  channels: {
    tasks: {
      address: '/tasks',
      description: 'Tasks.',
      messages: {
        'ask.task': {
          name: 'task:subscribe',
          summary: 'Subscribe.',
          payload: {
            type: 'object',
            required: ['taskId'],
            properties: { taskId: { type: 'string', format: 'uuid', description: 'Its id' } },
          },
        },
        'answer.task': {
          name: 'task:subscribe (acknowledgement)',
          payload: {
            oneOf: [
              { type: 'object', required: ['ok'], properties: { ok: { const: true } } },
              { $ref: '#/components/schemas/Refused' },
            ],
          },
        },
        'tell.done': {
          name: 'task:done',
          summary: 'It is done.',
          payload: {
            type: 'object',
            properties: {
              kind: { enum: ['media', 'job'] },
              runs: { type: 'array', items: { $ref: '#/components/schemas/Run' } },
            },
          },
        },
      },
    },
    'order-stream': { address: 'order-{id}' },
  },
  operations: {
    ask: {
      action: 'receive',
      channel: { $ref: '#/channels/tasks' },
      messages: [{ $ref: '#/channels/tasks/messages/ask.task' }],
      reply: { messages: [{ $ref: '#/channels/tasks/messages/answer.task' }] },
    },
    tell: {
      action: 'send',
      channel: { $ref: '#/channels/tasks' },
      messages: [{ $ref: '#/channels/tasks/messages/tell.done' }],
    },
  },
  components: {
    schemas: {
      Refused: { type: 'object', properties: { code: { type: 'string' } } },
      Run: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
    },
  },
}

test('namespaces have their requests with answers, and their pushes with fields', () => {
  expect(namespacesIn(document)).toStrictEqual([
    {
      name: '/tasks',
      about: 'Tasks.',
      requests: [
        {
          name: 'task:subscribe',
          about: 'Subscribe.',
          fields: [{ path: 'taskId', type: 'string (uuid)', isRequired: true, about: 'Its id' }],
          answer: [{ path: 'ok', type: 'true', isRequired: true, about: '' }],
        },
      ],
      pushes: [
        {
          name: 'task:done',
          about: 'It is done.',
          fields: [
            { path: 'kind', type: '"media" | "job"', isRequired: false, about: '' },
            { path: 'runs[]', type: 'object[]', isRequired: false, about: '' },
            { path: 'runs[].id', type: 'integer', isRequired: true, about: '' },
          ],
        },
      ],
    },
  ])
})

test('a document that is none has no namespaces', () => {
  expect(namespacesIn('<html>')).toStrictEqual([])
  expect(namespacesIn({ channels: { a: { address: '/a' } } })).toStrictEqual([
    { name: '/a', about: '', requests: [], pushes: [] },
  ])
})
