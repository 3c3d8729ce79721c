import { expect } from 'vitest'
import type { Call, Reply } from './http.ts'

/** Publishes a post. @returns its id */
export const publish = async (call: Call, body: object = { content: 'Hello' }): Promise<string> => {
  const { status, body: answer, text } = await call('POST', '/posts', body)
  expect(status, text).toBe(201)
  return answer.data.id
}

/** Comments on a post. @returns the id of the comment */
export const remark = async (call: Call, postId: string, body: object = {}): Promise<string> => {
  const path = `/posts/${postId}/comments`
  const { status, body: answer, text } = await call('POST', path, { content: 'Nice', ...body })
  expect(status, text).toBe(201)
  return answer.data.id
}

/** Sets who may read what a user publishes: `public`, `followers` or `private`. */
export const setPrivacy = async (call: Call, privacy: string): Promise<void> => {
  const changed = await call('PUT', '/users/me/settings', {
    theme: 'system',
    timeZone: 'UTC',
    privacy,
  })
  expect(changed.status, changed.text).toBe(200)
}

/** Status and first wrong field of a refused request. */
export const faultOf = ({ status, body }: Reply): readonly unknown[] => [
  status,
  body?.errors?.[0]?.field,
]
