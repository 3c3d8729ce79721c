import { expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { DeviceId } from '../language.ts'
import { isPhoneCode, phoneCodeOf } from './phones.ts'

const keys = { secretFor: (purpose: string) => Buffer.from(purpose.padEnd(32)) }
const registration = { id: derivedId(DeviceId, 'phone'), revision: 3 }
const sent = new Date('2030-01-07T12:04:59.999Z')
const after = (minutes: number) => new Date(sent.getTime() + minutes * 60_000)
const code = phoneCodeOf(keys, registration, sent)

test('a code is valid for 15 minutes at least and 20 at most, for its registration only', () => {
  expect(code).toMatch(/^[0-9]{6}$/)
  for (const minutes of [0, 5, 10, 15])
    expect(isPhoneCode(keys, registration, code, after(minutes)), `${minutes} min`).toBe(true)
  for (const minutes of [-5, 20, 24 * 60])
    expect(isPhoneCode(keys, registration, code, after(minutes)), `${minutes} min`).toBe(false)
  expect(isPhoneCode(keys, { ...registration, revision: 4 }, code, sent)).toBe(false)
  const other = { ...registration, id: derivedId(DeviceId, 'another') }
  expect(isPhoneCode(keys, other, code, sent)).toBe(false)
})
