import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { forgetUser } from './forget.ts'
import type { Session } from './session.ts'

/** A session with this answer to questions; it records questions and requests. */
const sessionOf = (answer: boolean) => {
  const requests: string[] = []
  const questions: string[] = []
  const session: Session = {
    client: {
      url: 'http://127.0.0.1:3000',
      answers: async () => true,
      signIn: async () => 'token',
      call: async (_schema, method, path) => {
        requests.push(`${method} ${path}`)
        const orders = { toShip: [] }
        return { userId: 'ada', status: 'forgotten', places: [], orders } as never
      },
    },
    out: () => undefined,
    info: () => undefined,
    stdout: new PassThrough(),
    confirm: async (question) => {
      questions.push(question)
      return answer
    },
    screen: new PassThrough(),
    signal: new AbortController().signal,
  }
  return { session, requests, questions }
}

test('nothing is sent before the operator has confirmed', async () => {
  const { session, requests, questions } = sessionOf(false)
  await expect(forgetUser(session, 'ada', {})).rejects.toThrow('Nothing was erased.')
  expect(requests).toEqual([])
  expect(questions.join()).toContain('will be erased of ada')
})

test('confirmation is asked for once, and not with --yes', async () => {
  const confirmed = sessionOf(true)
  await forgetUser(confirmed.session, 'ada', {})
  expect(confirmed.requests).toEqual(['POST /admin/users/ada/forget'])
  const withYes = sessionOf(false)
  await forgetUser(withYes.session, 'ada', { yes: true })
  expect([withYes.requests.length, withYes.questions.length]).toEqual([1, 0])
})
