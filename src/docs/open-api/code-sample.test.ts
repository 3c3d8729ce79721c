import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { curlOf } from './code-sample.ts'

/** Arguments that a shell passes to curl for a sample. */
const argumentsOf = (source: string, env: Readonly<Record<string, string>>): readonly string[] => {
  const script = `curl() { for one in "$@"; do printf '%s\\0' "$one"; done; }\n${source}`
  return execFileSync('sh', ['-c', script], { env, encoding: 'utf8' }).split('\0').slice(0, -1)
}

test('a sample of a change has the token and the body, whatever quotes it has', () => {
  const example = { text: `it's "$TOKEN" \`id\` \\ back`, amount: 1 }
  const { source } = curlOf({ method: 'POST', path: '/api/v1/orders', isPublic: false, example })
  const passed = argumentsOf(source, { AGORA: 'http://localhost:3000', TOKEN: 'abc' })
  expect(passed.slice(0, -1)).toEqual([
    '-X',
    'POST',
    'http://localhost:3000/api/v1/orders',
    '-H',
    'authorization: Bearer abc',
    '-H',
    'content-type: application/json',
    '-d',
  ])
  expect(JSON.parse(passed.at(-1)!)).toEqual(example)
})

test('a sample of a public query has neither, and variables for the parameters of its path', () => {
  const path = '/api/v1/users/{userId}/posts/{id}'
  const { source } = curlOf({ method: 'GET', path, isPublic: true })
  expect(source).toBe('curl "$AGORA/api/v1/users/$USER_ID/posts/$ID"')
})
