import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { decider, evolved, Fields, Id } from '#kernel'
import { declared } from '../../test/support/declared.ts'
import { categoriesOf } from './declared.ts'
import { eventCatalogue } from './event-catalogue.ts'

const page = eventCatalogue(declared)
const all = categoriesOf(declared).flatMap(({ events }) => events)

/** Section of an event on the page. */
const sectionOf = (type: string): string =>
  page.split(/^(?=###? )/m).find((section) => section.startsWith(`### \`${type}\`\n`)) ?? ''

describe('the page of events', () => {
  test('has a section for every event, with every field', () => {
    expect(all.length).toBeGreaterThan(40)
    for (const { type, schema } of all) {
      const fields = Object.keys('properties' in schema ? Object(schema.properties) : {})
      expect(sectionOf(type)).toMatch(/^Version \d+( \([^)]+\))?\. Recorded by/m)
      for (const field of fields) expect(sectionOf(type)).toMatch(`| \`${field}`)
    }
  })

  test('names all consumers of an event', () => {
    const readers = [...declared.projections, ...declared.sagas, ...declared.jobs]
    for (const { name, reads } of readers)
      for (const type of reads) expect(sectionOf(type)).toContain(`\`${name}\``)
    for (const [namespace, { server }] of Object.entries(declared.sockets))
      for (const [name, { after }] of Object.entries(server))
        for (const type of after) expect(sectionOf(type)).toContain(`\`${namespace} ${name}\``)
  })

  test('names the emitter of an event, the commands of a decider, and the sagas that send them', () => {
    expect(sectionOf('OrderPaid')).toContain('Recorded by the decider `order`.')
    expect(sectionOf('OrderSagaStarted')).toContain('Recorded by the saga `fulfilment`.')
    expect(page).toContain(
      '| `ConfirmStock` | Record that all pieces are reserved for the order. | `fulfilment` |',
    )
    expect(page).toContain(
      '| `PlaceOrder` | Place an order. It is refused at another total than the agreed one. | – |',
    )
  })

  test('marks what is secret and personal', () => {
    expect(sectionOf('PasswordSet')).toMatch(/`passwordHash`.*\| secret \|/)
    expect(sectionOf('UserRegistered')).toMatch(/`email`.*\| personal \|/)
  })

  test('links every section in its overview', () => {
    const targets = [...page.matchAll(/\]\(#([a-z]+)\)/g)].map(([, target]) => target)
    const headings = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, type = '']) =>
      type.toLowerCase(),
    )
    expect(targets).toEqual(headings)
  })

  test('has tables whose rows have as many cells as their heads', () => {
    const cellsOf = (row: string) => row.match(/(?<!\\)\|/g)?.length
    const tables = page
      .trimEnd()
      .split(/\n{2,}/)
      .filter((block) => block.startsWith('| '))
    expect(tables.length).toBeGreaterThan(30)
    for (const table of tables) {
      const [head = '', ...rows] = table.split('\n')
      for (const row of rows) expect(cellsOf(row), row).toBe(cellsOf(head))
    }
  })

  test('shows the version of an evolved event, and that it has no consumers', () => {
    const lamp = decider({
      name: 'lamp',
      id: Id('LampId'),
      commands: {},
      events: { LampLit: evolved(Fields({ watts: Type.Integer() }), () => ({ watts: 1 })) },
      refusals: {},
    }).rules<null>({ initialState: null, decide: {}, evolve: { LampLit: () => null } })
    const contexts = { light: [lamp] }
    const small = { contexts, sagas: [], projections: [], jobs: [], sockets: {} }
    expect(eventCatalogue(small)).toContain('Version 2 (events of older versions')
    expect(eventCatalogue(small)).toContain('Read by its own decider alone.')
  })
})
