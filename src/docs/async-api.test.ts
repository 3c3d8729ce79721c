import { Parser, type AsyncAPIDocumentInterface, type Diagnostic } from '@asyncapi/parser'
import { Check } from 'typebox/value'
import { beforeAll, describe, expect, test } from 'vitest'
import { declared } from '../../test/support/declared.ts'
import { asyncApi } from './async-api.ts'
import { categoriesOf } from './declared.ts'

const page = JSON.stringify(asyncApi(declared, { sockets: 'localhost:1', log: 'localhost:2' }))
const parser = new Parser()

/** Severities of the parser: 0 is an error, 1 a warning. */
const warning = 1

describe('the AsyncAPI document', () => {
  let document: AsyncAPIDocumentInterface
  let diagnostics: Diagnostic[]
  beforeAll(async () => {
    const parsed = await parser.parse(page)
    document = parsed.document!
    diagnostics = parsed.diagnostics
  })

  test('is valid, without a warning', async () => {
    expect(diagnostics.filter(({ severity }) => severity <= warning)).toEqual([])
    const { diagnostics: faults } = await parser.parse('{"asyncapi":"3.0.0"}')
    expect(faults.some(({ severity }) => severity === 0)).toBe(true)
  })

  test('has every namespace, with the messages of clients and of the server', () => {
    for (const [namespace, { client, server }] of Object.entries(declared.sockets)) {
      const channel = document.channels().get(`${namespace.slice(1)}Sockets`)
      expect(channel?.address()).toBe(namespace)
      const named = channel
        ?.messages()
        .all()
        .map((message) => message.name())
      expect(named).toEqual([
        ...Object.keys(client).flatMap((name) => [name, `${name} (acknowledgement)`]),
        ...Object.keys(server),
      ])
      expect(channel?.operations().filterByReceive()).toHaveLength(Object.keys(client).length)
      expect(channel?.operations().filterBySend()).toHaveLength(Object.keys(server).length)
    }
  })

  test('has a reply to every request: its details, or a refusal', () => {
    const requests = document.operations().filterByReceive()
    expect(requests.length).toBeGreaterThan(4)
    for (const request of requests) expect(request.reply()?.messages().all()).toHaveLength(1)
    const answer = document
      .operations()
      .get('ordersSockets.ask.order.subscribe')
      ?.reply()
      ?.messages()
      .all()[0]
      ?.payload()
      ?.json<object>()
    const accepted = { ok: true, status: 'PAID', position: '7' }
    expect(Check(answer ?? false, accepted)).toBe(true)
    expect(Check(answer ?? false, { ok: false, code: 'forbidden', message: 'No.' })).toBe(true)
    expect(Check(answer ?? false, { ...accepted, ok: false })).toBe(false)
  })

  test('has a channel for every category of streams, with every event and its metadata', () => {
    for (const { name, events } of categoriesOf(declared)) {
      const channel = document.channels().get(`${name}Events`)
      expect(channel?.address()).toBe(`${name}-{id}`)
      const messages = channel?.messages().all() ?? []
      expect(messages.map((message) => message.name())).toEqual(events.map(({ type }) => type))
      for (const message of messages)
        expect(Object.keys(message.headers()?.properties() ?? {})).toEqual(
          expect.arrayContaining(['$correlationId', '$causationId', 'occurredAt']),
        )
    }
  })
})
