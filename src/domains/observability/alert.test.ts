import { describe, test } from 'vitest'
import { given, newId } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { alert } from './alert.ts'

const about = {
  rule: 'store-away',
  severity: 'critical' as const,
  subject: 'elasticsearch',
  summary: 'The store elasticsearch does not answer',
}
const by = newId(UserId)
const data = { ...about, value: 1, threshold: 0 }
const raise = { type: 'RaiseAlert' as const, data }
const raised = { type: 'AlertRaised' as const, data }
const acknowledge = { type: 'AcknowledgeAlert' as const, data: { by } }
const acknowledged = { type: 'AlertAcknowledged' as const, data: { by } }
const resolve = { type: 'ResolveAlert' as const, data: {} }
const resolved = { type: 'AlertResolved' as const, data: about }

describe('an alert', () => {
  test('is raised once, until it is resolved', () => {
    given(alert).when(raise).yields(raised)
    given(alert, raised).when(raise).yields()
    given(alert, raised, acknowledged).when(raise).yields()
    given(alert, raised, acknowledged, resolved).when(raise).yields(raised)
  })

  test('is acknowledged once, while it is raised', () => {
    given(alert, raised).when(acknowledge).yields(acknowledged)
    given(alert, raised, acknowledged).when(acknowledge).yields()
    given(alert).when(acknowledge).refuses('NoSuchAlert')
    given(alert, raised, resolved).when(acknowledge).refuses('AlertIsResolved')
    given(alert, raised, acknowledged, resolved, raised).when(acknowledge).yields(acknowledged)
  })

  test('is resolved once, acknowledged or not', () => {
    given(alert, raised).when(resolve).yields(resolved)
    given(alert, raised, acknowledged).when(resolve).yields(resolved)
    given(alert, raised, resolved).when(resolve).yields()
    given(alert).when(resolve).refuses('NoSuchAlert')
  })
})
