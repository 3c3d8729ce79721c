import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { about, catalogue, evolved, Fields, Id, Nothing, personal, secret } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryPersonalKeys } from '../../security/personal/memory.ts'
import type { KeyState, PersonalKeys } from '../../security/personal/port.ts'
import { validatingLog } from './validating-log.ts'
import { memoryEventLog } from './memory.ts'
import { Conflict, type EventLog, type NewEvent } from './port.ts'
import { forgotten, encryptingLog } from './encrypting-log.ts'
import { maskedEvent } from './masked-event.ts'

const UserId = Id('UserId')
const Email = Type.String({ format: 'email' })

const Address = Fields({ line1: personal(Type.String()), country: Type.String() })
const declared = catalogue([
  {
    name: 'customer',
    id: UserId,
    events: {
      Joined: evolved(
        Fields({
          email: personal(Email),
          age: Type.Optional(personal(Type.Integer({ minimum: 18 }))),
          password: secret(Type.String()),
          plan: Type.String(),
        }),
        ({ mail, ...rest }: { mail: string }) => ({ ...rest, email: mail }),
      ),
      Left: Nothing,
    },
  },
  {
    name: 'parcel',
    id: Type.String(),
    events: {
      Sent: Fields({
        userId: UserId,
        to: Address,
        stops: Type.Array(Fields({ name: personal(Type.String()), at: Type.Integer() })),
        weight: Type.Integer(),
      }),
      Sold: about('buyerId', Fields({ buyerId: UserId, note: personal(Type.String()) })),
    },
  },
])

const event = (type: string, data: unknown): NewEvent => ({
  eventId: randomUUID(),
  type,
  data,
  metadata: { ...someMetadata, schemaVersion: declared.versionOf(type) },
})

const joined = { email: 'ada@lamps.example', age: 36, password: 'pw-hash', plan: 'gold' }
const sent = (userId: string) => ({
  userId,
  to: { line1: '12 Analytical Row', country: 'GB' },
  stops: [
    { name: 'Eve Stops', at: 1 },
    { name: 'Bob Stops', at: 2 },
  ],
  weight: 4,
})

const setUp = () => {
  const raw = memoryEventLog()
  const keys = memoryPersonalKeys()
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  const log = validatingLog(encryptingLog(raw, { catalogue: declared, keys, onError }), declared)
  return { raw, keys, log, errors }
}

const textOf = async (log: EventLog, stream: string) =>
  JSON.stringify((await log.read(stream)).map(({ data }) => data))
const dataOf = async (log: EventLog, stream: string) =>
  (await log.read(stream)).map(({ data }) => data)

describe('the personal data in events', () => {
  test('are encrypted in the log, and decrypted for readers with the key', async () => {
    const { raw, log } = setUp()
    const [ada, parcel] = [randomUUID(), randomUUID()]
    await log.append(`customer-${ada}`, 'none', [event('Joined', joined), event('Left', {})])
    await log.append(`parcel-${parcel}`, 'none', [event('Sent', sent(ada))])

    const stored = (await textOf(raw, `customer-${ada}`)) + (await textOf(raw, `parcel-${parcel}`))
    for (const text of ['ada@lamps', '"age":36', 'pw-hash', 'Analytical', ' Stops'])
      expect(stored).not.toContain(text)
    for (const plain of ['gold', 'GB', '"weight":4']) expect(stored).toContain(plain)

    expect(await dataOf(log, `customer-${ada}`)).toEqual([joined, {}])
    expect(await dataOf(log, `parcel-${parcel}`)).toEqual([sent(ada)])
    const { events } = await log.readAll()
    expect(events.map(({ data }) => data)).toEqual([joined, {}, sent(ada)])
    for await (const slice of log.subscribe(2n)) {
      expect(slice.events[0]?.data).toEqual(sent(ada))
      break
    }
  })

  test('are not stored in the original bytes of another program', async () => {
    const { raw, keys } = setUp()
    const log = encryptingLog(raw, { catalogue: declared, keys })
    const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')
    const original = {
      contentType: 'application/json',
      data: base64(joined),
      metadata: base64({ user: 'ada@example.org' }),
    }
    const theirs = () => {
      const { metadata, ...rest } = event('Joined', joined)
      return { ...rest, metadata: { ...metadata, user: 'ada@example.org' }, original }
    }
    const ada = randomUUID()
    await log.append(`customer-${ada}`, 'none', [theirs()])
    await keys.destroy(ada)
    await log.append(`customer-${ada}`, 0, [theirs()])
    const found = await raw.read(`customer-${ada}`)
    expect(found.map((one) => one.original)).toEqual([undefined, undefined])
    for (const { metadata } of found) expect(metadata).toEqual(event('Joined', joined).metadata)
  })

  test('read as placeholders of the same type when the key is destroyed', async () => {
    const { keys, log } = setUp()
    const [ada, eve, parcel] = [randomUUID(), randomUUID(), randomUUID()]
    await log.append(`customer-${ada}`, 'none', [event('Joined', joined)])
    await log.append(`customer-${eve}`, 'none', [event('Joined', joined)])
    await log.append(`parcel-${parcel}`, 'none', [event('Sent', sent(ada))])
    await keys.destroy(ada)

    expect(await dataOf(log, `customer-${ada}`)).toEqual([
      { email: 'forgotten@agora.invalid', age: 18, password: 'forgotten', plan: 'gold' },
    ])
    expect(await dataOf(log, `parcel-${parcel}`)).toEqual([
      {
        ...sent(ada),
        to: { line1: 'forgotten', country: 'GB' },
        stops: [
          { name: 'forgotten', at: 1 },
          { name: 'forgotten', at: 2 },
        ],
      },
    ])
    expect(await dataOf(log, `customer-${eve}`)).toEqual([joined])
  })

  test('are not recorded for a person who was erased', async () => {
    const { raw, keys, log } = setUp()
    const ada = randomUUID()
    await keys.destroy(ada)
    await log.append(`customer-${ada}`, 'none', [event('Joined', joined)])
    expect(await textOf(raw, `customer-${ada}`)).not.toContain('$sealed')
    expect(await dataOf(log, `customer-${ada}`)).toMatchObject([
      { email: 'forgotten@agora.invalid' },
    ])
  })

  test('belong to the person whom the event names, not to the owner of the stream', async () => {
    const { keys, log } = setUp()
    const [ada, parcel] = [randomUUID(), randomUUID()]
    const sold = { buyerId: ada, note: 'Ring twice' }
    await log.append(`parcel-${parcel}`, 'none', [event('Sold', sold)])
    expect(await dataOf(log, `parcel-${parcel}`)).toEqual([sold])
    await keys.destroy(ada)
    expect(await dataOf(log, `parcel-${parcel}`)).toEqual([{ ...sold, note: 'forgotten' }])
  })

  test('may be missing', async () => {
    const { log } = setUp()
    const { age: _, ...ageless } = joined
    const ada = randomUUID()
    await log.append(`customer-${ada}`, 'none', [event('Joined', ageless)])
    expect(await dataOf(log, `customer-${ada}`)).toEqual([ageless])
  })
})

test('an event that is appended again has the same seal', async () => {
  const { raw, log } = setUp()
  const [ada, first, second] = [randomUUID(), randomUUID(), randomUUID()]
  const same = event('Sent', sent(ada))
  await log.append(`parcel-${first}`, 'none', [same])
  await log.append(`parcel-${second}`, 'none', [same])
  expect(await textOf(raw, `parcel-${first}`)).toBe(await textOf(raw, `parcel-${second}`))
})

test('an event is validated before it is encrypted', async () => {
  const { log, raw } = setUp()
  await expect(
    log.append(`customer-${randomUUID()}`, 'none', [event('Joined', { ...joined, email: 'no' })]),
  ).rejects.toThrow('email')
  expect(await raw.head()).toBe(0n)
})

test('events of older logs, without encryption or of an older version, are readable', async () => {
  const { raw, log } = setUp()
  const [ada, eve] = [randomUUID(), randomUUID()]
  await raw.append(`customer-${ada}`, 'none', [event('Joined', joined)])
  const { email: mail, ...rest } = joined
  const older = event('Joined', { mail, ...rest })
  await raw.append(`customer-${eve}`, 'none', [
    { ...older, metadata: { ...older.metadata, schemaVersion: 1 } },
  ])
  expect(await dataOf(log, `customer-${ada}`)).toEqual([joined])
  expect(await dataOf(log, `customer-${eve}`)).toEqual([joined])
})

test('an encrypted event from another Agora is recorded as it is, and read as placeholders', async () => {
  const [there, here] = [setUp(), setUp()]
  const ada = randomUUID()
  await there.log.append(`customer-${ada}`, 'none', [event('Joined', joined)])
  const [original] = await there.raw.read(`customer-${ada}`)
  const { eventId, type, data, metadata } = original!
  await here.log.append(`customer-${ada}`, 'none', [{ eventId, type, data, metadata }])
  expect(await textOf(here.raw, `customer-${ada}`)).toBe(JSON.stringify([data]))
  expect(await dataOf(here.log, `customer-${ada}`)).toMatchObject([
    { email: 'forgotten@agora.invalid', plan: 'gold' },
  ])
  expect(String(here.errors[0])).toContain('moved without it')
})

test.each(['', 'v1', 'v1:%:x', 'v2:AAAA:x', 'v1:AAAA:ADA', `v1:${'A'.repeat(80)}:ADA`])(
  'an invalid seal (%s) is dropped, and the rest of the data are read',
  async (made) => {
    const { raw, log, keys } = setUp()
    const ada = randomUUID()
    await keys.keysOf([ada], { make: true })
    const data = { ...joined, $sealed: made.replace('ADA', ada) }
    await raw.append(`customer-${ada}`, 'none', [event('Joined', data)])
    expect(await dataOf(log, `customer-${ada}`)).toEqual([joined])
  },
)

test('a masked event contains neither the encrypted data nor the seal', async () => {
  const { raw, log } = setUp()
  const ada = randomUUID()
  await log.append(`customer-${ada}`, 'none', [event('Joined', joined)])
  const masked = { email: '***', age: '***', password: '***', plan: 'gold' }
  for (const each of [raw, log]) {
    const [read] = await each.read(`customer-${ada}`)
    expect(declared.masked('Joined', read?.data)).toEqual(masked)
  }
})

test('a masked event contains no metadata that another program added', async () => {
  const { raw } = setUp()
  const metadata = { ...someMetadata, user: 'ada@example.org' }
  await raw.append('parcel-1', 'none', [{ ...event('Theirs', {}), metadata }])
  const [found] = await raw.read('parcel-1')
  expect(maskedEvent(declared, found!).metadata).toEqual(someMetadata)
})

test('an event in memory is erased with the person whom it is about, and with no other', async () => {
  const { log } = setUp()
  const ada = randomUUID()
  await log.append(`customer-${ada}`, 'none', [event('Joined', joined)])
  const [read] = await log.read(`customer-${ada}`)
  expect(forgotten(declared, read!, ada).data).toMatchObject({ email: 'forgotten@agora.invalid' })
  expect(forgotten(declared, read!, randomUUID())).toBe(read)
  expect(read?.data).toEqual(joined)
})

test('the plain text of an event that was encrypted here is cached for its first read, for its own seal only', async () => {
  const raw = memoryEventLog()
  const keys = memoryPersonalKeys()
  let opened = 0
  const counted = (key: KeyState): KeyState =>
    key === 'destroyed' ? key : { ...key, open: (id, box) => ((opened += 1), key.open(id, box)) }
  const counting: PersonalKeys = {
    ...keys,
    known: (person) => {
      const key = keys.known(person)
      return key && counted(key)
    },
    keysOf: async (people, options) =>
      new Map([...(await keys.keysOf(people, options))].map(([id, key]) => [id, counted(key)])),
  }
  const log = encryptingLog(raw, { catalogue: declared, keys: counting })
  const ada = `customer-${randomUUID()}`
  const first = event('Joined', joined)
  await log.append(ada, 'none', [first])
  expect([await dataOf(log, ada), opened]).toEqual([[joined], 0])
  expect([await dataOf(log, ada), opened]).toEqual([[joined], 1])

  // Another event under the id of one that was encrypted here, such as a refused one, has its own seal.
  const other = { ...first, data: { ...joined, age: 37 } }
  await expect(log.append(ada, 7, [other])).rejects.toThrow(Conflict)
  expect([await dataOf(log, ada), opened]).toEqual([[joined], 2])

  const eve = randomUUID()
  await log.append(`customer-${eve}`, 'none', [event('Joined', joined)])
  await keys.destroy(eve)
  expect(await dataOf(log, `customer-${eve}`)).toMatchObject([{ email: 'forgotten@agora.invalid' }])
})
