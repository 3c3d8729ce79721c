import perfHooks from 'node:perf_hooks'
import { afterEach, expect, test, vi } from 'vitest'
import { metrics } from './metrics.ts'

afterEach(() => vi.restoreAllMocks())

test('metrics wake an idle process eleven times a second, ten of them for the delay of the event loop', () => {
  const delays = vi.spyOn(perfHooks, 'monitorEventLoopDelay')
  const intervals = vi.spyOn(globalThis, 'setInterval')
  metrics()
  expect(delays.mock.calls).toEqual([[{ resolution: 100 }]])
  expect(intervals.mock.calls.map(([, ms]) => ms)).toEqual([1_000])
})
