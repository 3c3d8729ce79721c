import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { someRequest } from './conformance.ts'
import { httpWebhooks } from './http.ts'
import { startEndpoint } from './testing/endpoint.ts'

type Verify = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
  secret: string,
  now: number,
) => boolean

/** The example of `docs/webhooks.md`. */
const exampleOf = async (): Promise<Verify> => {
  const page = readFileSync(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8')
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? []
  const example = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  return example.isFromAgora
}

test('the example for receivers accepts what is sent, and nothing else', async () => {
  const isFromAgora = await exampleOf()
  await using endpoint = await startEndpoint()
  const request = someRequest(endpoint.url)
  const [secret = ''] = request.secrets
  const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  await httpWebhooks({ privateHosts: ['127.0.0.1'] }).deliver({
    ...request,
    secrets: [other, secret],
  })
  const [taken] = endpoint.taken
  expect.assert(taken)
  const { headers, body } = taken
  const now = request.at.getTime()
  expect(isFromAgora(headers, body, secret, now)).toBe(true)
  expect(isFromAgora(headers, body, other, now + 299_000)).toBe(true)
  expect(isFromAgora(headers, body, secret, now + 301_000)).toBe(false)
  expect(isFromAgora(headers, `${body} `, secret, now)).toBe(false)
  expect(isFromAgora({ ...headers, 'webhook-id': 'e2' }, body, secret, now)).toBe(false)
  expect(isFromAgora(headers, body, `whsec_${Buffer.alloc(32).toString('base64')}`, now)).toBe(
    false,
  )
})
