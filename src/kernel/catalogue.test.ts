import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import {
  catalogue,
  declarationOf,
  evolved,
  Fields,
  guessable,
  Id,
  Nothing,
  personal,
  rest,
  saga,
  secret,
  send,
} from '#kernel'
import { recorded, someMetadata } from '#kernel/testing'

const Lamp = Fields({
  watts: Type.Integer({ minimum: 1 }),
  maker: Fields({ name: personal(Type.String()), country: Type.String() }),
  parts: Type.Array(Fields({ name: Type.String(), supplier: personal(Type.String()) })),
  code: Type.Optional(secret(Type.String())),
})
const lamp = { name: 'lamp', events: { LampMade: Lamp, LampBroken: Nothing } }
const made = {
  watts: 60,
  maker: { name: 'Ada', country: 'GB' },
  parts: [{ name: 'bulb', supplier: 'Eve' }],
  code: '1234',
}

describe('a catalogue', () => {
  const { problemWith } = catalogue([lamp])

  test('accepts data that match their schema', () => {
    expect(problemWith('LampMade', made)).toBeUndefined()
    expect(problemWith('LampBroken', {})).toBeUndefined()
  })

  test('names the field that is wrong', () => {
    expect(problemWith('LampMade', { ...made, watts: 0 })).toMatch(/^LampMade: watts must be >= 1/)
    expect(problemWith('LampMade', { ...made, parts: [{ name: 'bulb', supplier: 7 }] })).toMatch(
      /^LampMade: parts\.0\.supplier /,
    )
  })

  test('names a missing and an additional field', () => {
    expect(problemWith('LampMade', { watts: 60 })).toMatch(/maker/)
    expect(problemWith('LampBroken', { why: 'fell' })).toMatch(/why/)
  })

  test('rejects undeclared event types', () =>
    expect(problemWith('LampSold', {})).toBe('The event type LampSold is not declared'))

  test('rejects two declarations of an event type', () =>
    expect(() => catalogue([lamp, { name: 'bulb', events: { LampBroken: Nothing } }])).toThrow(
      'LampBroken is declared twice, the second time by bulb',
    ))

  test.each(['Lamp', 'lamp-shade', 'lamp shade', '', '1lamp'])(
    'rejects "%s" as the name of a category',
    (name) => expect(() => catalogue([{ name, events: {} }])).toThrow('is not a valid stream'),
  )
})

describe('personal values in a catalogue', () => {
  const UserId = Id('UserId')
  const Named = Fields({ name: personal(Type.String()) })
  const own = () => ({ person: 'eve', values: [] })
  const { personal: personalOf } = catalogue([
    { name: 'guest', id: UserId, events: { GuestArrived: Named, GuestLeft: Nothing } },
    { name: 'run', id: UserId, events: { RunMoved: Named }, personal: own },
  ])

  test('are found by the marks of a schema, or by the function of the declaration', () => {
    expect(personalOf('GuestArrived', 'ada', { name: 'Ada' })).toEqual({
      person: 'ada',
      values: [{ path: ['name'], value: 'Ada', placeholder: 'forgotten' }],
    })
    expect(personalOf('RunMoved', 'ada', { name: 'Ada' })).toEqual({ person: 'eve', values: [] })
  })

  test('are undefined for events without marks and for undeclared ones', () => {
    expect(personalOf('GuestLeft', 'ada', {})).toBeUndefined()
    expect(personalOf('GuestSang', 'ada', {})).toBeUndefined()
  })
})

describe('an event with upcasters', () => {
  // Version 1 had the power as text; version 2 as a number; version 3 counts the bulbs.
  const Lit = evolved(
    Fields({ watts: Type.Integer(), bulbs: Type.Integer() }),
    ({ power }: { power: string }) => ({ watts: Number(power) }),
    (older: { watts: number }) => ({ ...older, bulbs: 1 }),
  )
  const { versionOf, upToDate, problemWith, unreadable } = catalogue([
    { name: 'lamp', events: { LampLit: Lit, LampBroken: Nothing } },
  ])
  const event = (schemaVersion: number, data: object) =>
    recorded('lamp-1', { type: 'LampLit', data }, { metadata: { ...someMetadata, schemaVersion } })

  test('is recorded under the current version', () => {
    expect(versionOf('LampLit')).toBe(3)
    expect(versionOf('LampBroken')).toBe(1)
    expect(versionOf('LampSold')).toBe(1)
  })

  test('is upcast from every older version', () => {
    expect(upToDate(event(1, { power: '60' })).data).toEqual({ watts: 60, bulbs: 1 })
    expect(upToDate(event(2, { watts: 60 })).data).toEqual({ watts: 60, bulbs: 1 })
    expect(upToDate(event(3, { watts: 60, bulbs: 4 })).data).toEqual({ watts: 60, bulbs: 4 })
  })

  test('stays the same object when there is nothing to upcast', () => {
    const [newest, newer] = [event(3, { watts: 60 }), event(4, { watts: 60 })]
    expect(upToDate(newest)).toBe(newest)
    expect(upToDate(newer)).toBe(newer)
    const unknown = { ...event(1, {}), type: 'LampSold' }
    expect(upToDate(unknown)).toBe(unknown)
  })

  test('is unreadable when its version is newer or its type unknown', () => {
    expect(unreadable(event(3, {}))).toBeUndefined()
    expect(unreadable(event(1, {}))).toBeUndefined()
    expect(unreadable(event(4, {}))).toMatch(/LampLit was recorded under version 4 .* knows 3/)
    expect(unreadable({ ...event(1, {}), type: 'LampSold' })).toMatch(/LampSold is not known/)
  })

  test('matches its schema after upcasting, and keeps its revision and position', () => {
    const old = event(1, { power: '60' })
    const { data, ...place } = upToDate(old)
    expect(problemWith('LampLit', old.data)).toBeDefined()
    expect(problemWith('LampLit', data)).toBeUndefined()
    expect({ ...place, data: old.data }).toEqual(old)
  })
})

describe('masking for analysts', () => {
  const { masked } = catalogue([lamp])

  test('masks secret and personal fields at every depth', () =>
    expect(masked('LampMade', made)).toEqual({
      watts: 60,
      maker: { name: '***', country: 'GB' },
      parts: [{ name: 'bulb', supplier: '***' }],
      code: '***',
    }))

  test('leaves other data unchanged', () => {
    expect(masked('LampBroken', {})).toEqual({})
  })

  test('masks guessable ids, in streams and as targets of a saga', () => {
    const NameId = guessable(Id('NameId', { pattern: '^[0-9a-f]{4}$' }))
    const declared = {
      name: 'name',
      id: NameId,
      commands: { TakeName: Nothing },
      events: { NameTaken: Fields({ nameId: NameId, times: Type.Integer() }) },
      refusals: {},
    }
    const shop = { ...declared, name: 'shop', id: Id('ShopId'), events: { ShopOpened: Nothing } }
    const naming = saga({
      name: 'naming',
      subject: 'Naming',
      from: [declared],
      to: [declared, shop],
      key: ({ id }) => id,
    }).rules<null>({ initialState: null, on: {} })
    const events = catalogue([declared, shop, declarationOf(naming)])
    expect(events.streamTold('name-00ff')).toBe('name-***')
    expect(events.streamTold('shop-00ff')).toBe('shop-00ff')
    expect(events.masked('NameTaken', { nameId: '00ff', times: 1 })).toEqual({
      nameId: '***',
      times: 1,
    })
    const { steps } = rest(null, send(declared, '00ff' as never, 'TakeName'))
    const sent = steps.map(({ to, id: target }) => ({ id: '1', to, target, type: 'TakeName' }))
    const moved = { state: 1, steps: [...sent, { ...sent[0], to: 'shop' }] }
    expect(events.masked('NamingSagaStarted', moved)).toMatchObject({
      steps: [
        { to: 'name', target: '***' },
        { to: 'shop', target: '00ff' },
      ],
    })
  })

  test('masks fields that no alternative declares, and leaves open objects unchanged', () => {
    const [Round, Long] = [Fields({ bulb: Type.String() }), Fields({ tube: Type.String() })]
    const [open, closed] = [
      Type.Object({ watts: Type.Integer() }),
      Type.Record(Type.String(), Type.Integer()),
    ]
    const { masked } = catalogue([
      {
        name: 'lamp',
        events: {
          Bought: Type.Union([Round, Fields({ tube: personal(Type.String()) })]),
          Found: Type.Union([Round, open]),
          Packed: Fields({ in: Type.Union([Round, Long, Type.Null()]), free: Type.Unknown() }),
          Weighed: open,
          Counted: closed,
          Anything: Type.Unknown(),
        },
      },
    ])
    expect(masked('Bought', { bulb: 'a', tube: 'b', by: 'Ada' })).toEqual({
      bulb: 'a',
      tube: '***',
      by: '***',
    })
    expect(masked('Found', { bulb: 'a', by: 'Ada' })).toEqual({ bulb: 'a', by: 'Ada' })
    expect(masked('Packed', { in: null, free: [1, { by: 'Ada' }] })).toEqual({
      in: null,
      free: [1, { by: 'Ada' }],
    })
    expect(masked('Weighed', { watts: 1, by: 'Ada' })).toEqual({ watts: 1, by: 'Ada' })
    expect(masked('Counted', { round: 1 })).toEqual({ round: 1 })
    expect(masked('Anything', { by: 'Ada' })).toEqual({ by: 'Ada' })
  })

  test('removes the sealed part', () =>
    expect(masked('LampMade', { watts: 60, $sealed: 'x' })).toEqual({ watts: 60 }))

  test('masks an undeclared event as a whole', () => {
    expect(masked('LampSold', { price: 1 })).toBe('***')
  })

  test('masks an event of a newer version, and undeclared fields', () => {
    expect(masked('LampMade', made, 2)).toBe('***')
    expect(masked('LampBroken', { brokenBy: 'Ada' })).toEqual({ brokenBy: '***' })
    expect(masked('LampMade', { ...made, maker: { ...made.maker, phone: '1' } })).toMatchObject({
      maker: { phone: '***', country: 'GB' },
    })
  })
})
