import { describe, expect, test } from 'vitest'
import type { WebhookRequest, Webhooks } from './port.ts'

/** Webhooks with an endpoint, and access to what arrived there. */
export type WebhooksFixture = AsyncDisposable & {
  readonly webhooks: Webhooks
  readonly url: string
  /** Returns ids and bodies of the requests that the endpoint took. */
  readonly arrived: () => readonly { readonly id: string; readonly body: string }[]
  /** Sets the status that the endpoint answers with. */
  readonly answer: (status: 204 | 410 | 500) => void
}

/** A request of tests. */
export const someRequest = (url: string): WebhookRequest => ({
  url,
  id: 'e1',
  at: new Date('2030-01-07T08:00:00.000Z'),
  contentType: 'application/cloudevents+json',
  body: '{"text":"Grüße 👋"}',
  secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
})

/** Conformance suite of webhooks. */
export const webhooksConformance = (name: string, make: () => Promise<WebhooksFixture>): void => {
  describe(`${name} webhooks`, () => {
    test('an event of any language arrives unchanged', async () => {
      await using fixture = await make()
      const { webhooks, url, arrived } = fixture
      const request = someRequest(url)
      expect(await webhooks.deliver(request)).toMatchObject({ outcome: 'delivered', status: 204 })
      expect(arrived()).toEqual([{ id: request.id, body: request.body }])
    })

    test('a repetition has the same id', async () => {
      await using fixture = await make()
      const { webhooks, url, arrived, answer } = fixture
      answer(500)
      expect(await webhooks.deliver(someRequest(url))).toMatchObject({
        outcome: 'failed',
        status: 500,
      })
      answer(204)
      await webhooks.deliver(someRequest(url))
      await webhooks.deliver(someRequest(url))
      expect(arrived().map(({ id }) => id)).toEqual(['e1', 'e1'])
    })

    test('an endpoint that is gone is recognised', async () => {
      await using fixture = await make()
      const { webhooks, url, arrived, answer } = fixture
      answer(410)
      expect(await webhooks.deliver(someRequest(url))).toMatchObject({ outcome: 'gone' })
      expect(arrived()).toEqual([])
    })

    test('the fault of a URL is known before it is used', async () => {
      await using fixture = await make()
      const { webhooks, url } = fixture
      expect(webhooks.faultOf(url)).toBeUndefined()
      expect(webhooks.faultOf('no url')).toBeTypeOf('string')
      expect(webhooks.faultOf('ftp://shop.example/')).toBeTypeOf('string')
    })
  })
}
