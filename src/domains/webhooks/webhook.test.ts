import { expect, test } from 'vitest'
import { asId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { webhook } from './webhook.ts'

/** The context of a decision. */
const at = (now: string) => ({ now, by: 'tester' })

const by = asId(UserId, '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11')
const data = { url: 'https://shop.example/hooks', events: ['*'], description: 'Stock', by }
const subscribed = { type: 'WebhookSubscribed' as const, data }
const paused = { type: 'WebhookPaused' as const, data: {} }
const disabled = { type: 'WebhookDisabled' as const, data: { reason: 'gone' as const } }
const deleted = { type: 'WebhookDeleted' as const, data: {} }

test('a repeated subscription yields nothing', () => {
  given(webhook).when({ type: 'SubscribeWebhook', data }).yields(subscribed)
  given(webhook, subscribed).when({ type: 'SubscribeWebhook', data }).yields()
})

test('pausing and resuming twice is pausing and resuming once', () => {
  given(webhook, subscribed).when({ type: 'PauseWebhook', data: {} }).yields(paused)
  given(webhook, subscribed, paused).when({ type: 'PauseWebhook', data: {} }).yields()
  given(webhook, subscribed, paused)
    .when({ type: 'ResumeWebhook', data: {} })
    .yields({ type: 'WebhookResumed', data: {} })
  given(webhook, subscribed).when({ type: 'ResumeWebhook', data: {} }).yields()
})

test('a webhook whose endpoint is gone is disabled once, and resumed by hand', () => {
  const disable = { type: 'DisableWebhook' as const, data: { reason: 'gone' as const } }
  given(webhook, subscribed).when(disable).yields(disabled)
  given(webhook, subscribed, paused).when(disable).yields(disabled)
  given(webhook, subscribed, disabled).when(disable).yields()
  given(webhook, subscribed, disabled).when({ type: 'PauseWebhook', data: {} }).yields()
  given(webhook, subscribed, disabled)
    .when({ type: 'ResumeWebhook', data: {} })
    .yields({ type: 'WebhookResumed', data: {} })
})

test('each rotation gives the secret the next number, and the previous one a day', () => {
  const rotated = {
    type: 'WebhookSecretRotated' as const,
    data: { version: 2, previousUntil: '2030-01-02T00:00:00.000Z' },
  }
  given(webhook, subscribed)
    .when({ type: 'RotateSecret', data: {} }, at('2030-01-01T00:00:00.000Z'))
    .yields(rotated)
  given(webhook, subscribed, rotated)
    .when({ type: 'RotateSecret', data: {} }, at('2030-01-01T12:00:00.000Z'))
    .yields({
      type: 'WebhookSecretRotated',
      data: { version: 3, previousUntil: '2030-01-02T12:00:00.000Z' },
    })
})

test('nothing can be done with a webhook that is not there', () => {
  for (const type of ['PauseWebhook', 'ResumeWebhook', 'RotateSecret', 'DeleteWebhook'] as const)
    given(webhook).when({ type, data: {} }).refuses('NoSuchWebhook')
  for (const type of ['PauseWebhook', 'ResumeWebhook', 'RotateSecret'] as const)
    given(webhook, subscribed, deleted).when({ type, data: {} }).refuses('NoSuchWebhook')
  given(webhook, subscribed, deleted).when({ type: 'ChangeWebhook', data }).refuses('NoSuchWebhook')
  given(webhook, subscribed, deleted).when({ type: 'DeleteWebhook', data: {} }).yields()
  given(webhook, subscribed, deleted)
    .when({ type: 'DisableWebhook', data: { reason: 'gone' } })
    .yields()
})

test('a change keeps status and secret', () => {
  const state = [
    subscribed,
    paused,
    { type: 'WebhookChanged' as const, data: { ...data, events: ['a.b'] } },
  ].reduce(webhook.evolve, webhook.initialState)
  expect(state).toEqual({ status: 'paused', url: data.url, events: ['a.b'], secretVersion: 1 })
})
