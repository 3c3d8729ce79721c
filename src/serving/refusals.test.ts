import { expect, test } from 'vitest'
import { refusalOf } from '#kernel'
import { deciders } from '../domains/index.ts'
import { codeOf, refusalProblem } from './refusals.ts'

test('every refusal of every decider has a code, a sentence and the status of its kind', () => {
  for (const decider of deciders)
    for (const refused of Object.keys(decider.refusals)) {
      const { message: sentence } = refusalOf(decider, refused)
      const { statusCode, code, message } = refusalProblem(decider, { refused })
      expect(message).toBe(sentence)
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
      expect.assert([400, 403, 404, 409].includes(statusCode))
      expect(statusCode === 404).toBe(refused.startsWith('NoSuch'))
    }
})

test('a code is the reason in snake_case', () => {
  expect(codeOf('AlreadyConfirmed')).toBe('already_confirmed')
  expect(codeOf('Taken')).toBe('taken')
})
