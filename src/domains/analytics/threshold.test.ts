import { describe, test } from 'vitest'
import { given, newId } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { threshold } from './threshold.ts'

const createdBy = newId(UserId)
const limit = {
  metric: 'sales',
  when: 'above',
  value: 100_000,
  currency: 'EUR',
  bucket: 'day',
} as const
const set = { type: 'SetThreshold' as const, data: { ...limit, createdBy } }
const wasSet = { type: 'ThresholdSet' as const, data: { ...limit, createdBy } }
const remove = { type: 'RemoveThreshold' as const, data: {} }
const removed = { type: 'ThresholdRemoved' as const, data: {} }
const breach = (day: number) => {
  const data = { bucketStart: `2030-01-0${day}T00:00:00.000Z`, measured: 100_001 }
  return {
    record: { type: 'RecordBreach' as const, data },
    recorded: { type: 'MetricThresholdBreached' as const, data: { ...limit, ...data } },
  }
}

describe('a threshold', () => {
  test('is set and removed once', () => {
    given(threshold).when(set).yields(wasSet)
    given(threshold, wasSet).when(set).yields()
    given(threshold, wasSet).when(remove).yields(removed)
    given(threshold, wasSet, removed).when(remove).yields()
    given(threshold).when(remove).refuses('NoSuchThreshold')
  })

  test('has a currency only where the metric has money', () =>
    given(threshold)
      .when({ type: 'SetThreshold', data: { ...limit, createdBy, metric: 'posts' } })
      .refuses('NoMoney'))

  test('is breached once in a bucket', () => {
    const [first, second] = [breach(1), breach(2)]
    given(threshold, wasSet).when(first.record).yields(first.recorded)
    given(threshold, wasSet, first.recorded).when(first.record).yields()
    given(threshold, wasSet, first.recorded).when(second.record).yields(second.recorded)
    given(threshold, wasSet, second.recorded).when(first.record).yields()
    given(threshold, wasSet, removed).when(first.record).refuses('NoSuchThreshold')
  })
})
