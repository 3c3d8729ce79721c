import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { forgetUser } from './forget.ts'
import type { Session } from './session.ts'

/** A session whose person says this, and what was asked of the server meanwhile. */
const sessionOf = (word: boolean) => {
  const asked: string[] = []
  const questions: string[] = []
  const session: Session = {
    client: {
      url: 'http://127.0.0.1:3000',
      answers: async () => true,
      signIn: async () => 'token',
      ask: async (_schema, method, path) => {
        asked.push(`${method} ${path}`)
        const orders = { toShip: [] }
        return { userId: 'ada', status: 'forgotten', places: [], orders } as never
      },
    },
    out: () => undefined,
    say: () => undefined,
    stdout: new PassThrough(),
    confirm: async (question) => {
      questions.push(question)
      return word
    },
    screen: new PassThrough(),
    signal: new AbortController().signal,
  }
  return { session, asked, questions }
}

test('nobody is forgotten before a person has said that it is meant', async () => {
  const { session, asked, questions } = sessionOf(false)
  await expect(forgetUser(session, 'ada', {})).rejects.toThrow('Nobody was forgotten.')
  expect(asked).toEqual([])
  expect(questions.join()).toContain('ada is to be forgotten')
})

test('whoever means it is asked once, or not at all', async () => {
  const sure = sessionOf(true)
  await forgetUser(sure.session, 'ada', {})
  expect(sure.asked).toEqual(['POST /admin/users/ada/forget'])
  const told = sessionOf(false)
  await forgetUser(told.session, 'ada', { yes: true })
  expect([told.asked.length, told.questions.length]).toEqual([1, 0])
})
