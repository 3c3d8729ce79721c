import assert from 'node:assert/strict'
import { test } from 'vitest'
import { refusalOf } from '#kernel'
import { deciders } from '../domains/index.ts'
import { codeOf, refusalProblem } from './refusals.ts'

test('every refusal of every decider has a code, a sentence and the status of its kind', () => {
  for (const decider of deciders)
    for (const refused of Object.keys(decider.refusals)) {
      const { message: sentence } = refusalOf(decider, refused)
      const { statusCode, code, message } = refusalProblem(decider, { refused })
      assert.equal(message, sentence)
      assert.match(code, /^[a-z]+(_[a-z]+)*$/)
      assert.ok([400, 403, 404, 409].includes(statusCode))
      assert.equal(statusCode === 404, refused.startsWith('NoSuch'))
    }
})

test('a code is the reason in snake_case', () => {
  assert.equal(codeOf('AlreadyConfirmed'), 'already_confirmed')
  assert.equal(codeOf('Taken'), 'taken')
})
