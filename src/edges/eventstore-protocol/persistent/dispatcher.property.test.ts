import fc from 'fast-check'
import { expect, test } from 'vitest'
import { usualSettings } from '../../../platform/messaging/consumer-groups/testing/usual-settings.ts'
import {
  strategies,
  type GroupChanges,
  type GroupSettings,
} from '../../../platform/messaging/consumer-groups/port.ts'
import { dispatcher, type Delivery, type Message, type NackAction } from './dispatcher.ts'

type Step =
  | { readonly kind: 'join'; readonly slots: number }
  | { readonly kind: 'leave'; readonly pick: number }
  | { readonly kind: 'offer'; readonly count: number }
  | { readonly kind: 'ack'; readonly pick: number }
  | { readonly kind: 'lateAck'; readonly pick: number }
  | { readonly kind: 'nack'; readonly pick: number; readonly action: NackAction }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'save' }
  | { readonly kind: 'takeOver'; readonly isSaved: boolean }

const pick = fc.nat(1_000)
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('join' as const),
      slots: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), pick }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('offer' as const),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom('ack' as const, 'lateAck' as const), pick }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('nack' as const),
      pick,
      action: fc.constantFrom<NackAction>('park', 'retry', 'skip', 'stop'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: 1, max: 80 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'save' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('takeOver' as const), isSaved: fc.boolean() }),
  },
)

/** Streams of the messages, by place: a few, so that each has several. */
const messageAt = (place: bigint): Message<bigint> => ({
  place,
  id: `id-${place}`,
  key: `stream-${(place * 7n) % 5n}`,
  event: place,
})

/** A group with its consumers as the outside sees them, which checks each delivery. */
const world = (settings: GroupSettings) => {
  const consumers = new Map<string, { readonly slots: number; readonly inFlight: Set<bigint> }>()
  const deadlines = new Map<bigint, number>()
  const deliveredTimes = new Map<bigint, number>()
  const settledByConsumers = new Set<bigint>()
  const parked = new Map<bigint, string>()
  const firsts = new Map<string, bigint>()
  let saved: GroupChanges = {
    progress: { checkpoint: 0n, ahead: [], retries: [] },
    parked: [],
    settled: [],
  }
  let group = dispatcher<bigint>(settings, saved.progress)
  let now = 0
  let head = 0n
  let furthest = 0n
  let names = 0

  const save = (): void => {
    saved = group.changes()
    for (const { place, reason } of saved.parked) parked.set(place, reason)
    // What is behind the checkpoint is done by an answer, or parked.
    for (let place = 1n; place <= saved.progress.checkpoint; place += 1n)
      expect.assert(settledByConsumers.has(place) || parked.has(place), `${place} was lost`)
  }

  const check = ({ consumer, message, retries }: Delivery<bigint>): void => {
    const { place, key } = message
    const to = consumers.get(consumer)
    expect.assert(to, `${consumer} is not connected`)
    for (const [name, { inFlight }] of consumers)
      expect.assert(!inFlight.has(place), `${place} is in flight at ${name}, and at ${consumer}`)
    expect.assert(!settledByConsumers.has(place), `${place} was delivered after it was done`)
    if (settings.strategy.startsWith('Pinned')) {
      for (const [name, { inFlight }] of consumers)
        if (name !== consumer)
          for (const other of inFlight)
            expect.assert(messageAt(other).key !== key, `${key} is at ${name} and at ${consumer}`)
      if (!deliveredTimes.has(place)) {
        expect.assert((firsts.get(key) ?? 0n) < place, `${key}: ${place} is out of order`)
        firsts.set(key, place)
      }
    }
    expect(retries).toBeLessThanOrEqual(settings.maxRetryCount)
    deliveredTimes.set(place, (deliveredTimes.get(place) ?? 0) + 1)
    to.inFlight.add(place)
    deadlines.set(place, now + settings.messageTimeoutMs)
    expect(to.inFlight.size).toBeLessThanOrEqual(to.slots)
  }

  const expire = (): void => {
    group.expire(now)
    for (const [place, deadline] of deadlines) {
      if (deadline > now) continue
      deadlines.delete(place)
      for (const { inFlight } of consumers.values()) inFlight.delete(place)
    }
  }
  const nth = <T>(all: readonly T[], index: number): T | undefined => all[index % (all.length || 1)]
  const answer = (index: number): readonly [string, bigint] | undefined =>
    nth(
      [...consumers].flatMap(([name, { inFlight }]) =>
        [...inFlight].map((place): readonly [string, bigint] => [name, place]),
      ),
      index,
    )
  const landed = (name: string, place: bigint): void => {
    consumers.get(name)?.inFlight.delete(place)
    deadlines.delete(place)
  }
  const offer = (count: number): void => {
    for (let n = 0; n < count && group.hasRoom(); n += 1) group.offer(messageAt((head += 1n)))
    if (head > furthest) furthest = head
    group.reached(undefined, true)
  }

  const carryOut = (step: Step): void => {
    if (step.kind === 'join') {
      const name = `consumer-${(names += 1)}`
      consumers.set(name, { slots: step.slots, inFlight: new Set() })
      group.join(name, step.slots)
    } else if (step.kind === 'leave') {
      const name = nth([...consumers.keys()], step.pick)
      if (name === undefined) return
      for (const place of consumers.get(name)?.inFlight ?? []) deadlines.delete(place)
      consumers.delete(name)
      group.leave(name)
    } else if (step.kind === 'offer') offer(step.count)
    else if (step.kind === 'ack' || step.kind === 'nack') {
      const found = answer(step.pick)
      if (!found) return
      const [name, place] = found
      const ids = [messageAt(place).id]
      landed(name, place)
      if (step.kind === 'ack') group.ack(name, ids)
      else group.nack(name, ids, step.action)
      if (step.kind === 'ack' || step.action === 'skip') settledByConsumers.add(place)
    } else if (step.kind === 'lateAck') {
      // Of a message that is not in flight at this consumer.
      const [name] = nth([...consumers], step.pick) ?? []
      const place = BigInt(step.pick) % (head + 1n)
      if (name !== undefined && !consumers.get(name)?.inFlight.has(place))
        group.ack(name, [messageAt(place).id])
    } else if (step.kind === 'wait') {
      now += step.ms
      expire()
    } else if (step.kind === 'save') save()
    else {
      if (step.isSaved) save()
      // Another process continues from what was saved last; the consumers connect anew, and the log is read again.
      for (const { inFlight } of consumers.values()) inFlight.clear()
      deadlines.clear()
      const { checkpoint, ahead } = saved.progress
      for (const place of settledByConsumers)
        if (place > checkpoint && !ahead.includes(place)) settledByConsumers.delete(place)
      for (const key of firsts.keys()) firsts.delete(key)
      deliveredTimes.clear()
      group = dispatcher<bigint>(settings, saved.progress)
      for (const [name, { slots }] of consumers) group.join(name, slots)
      head = checkpoint
    }
  }

  return {
    step: (step: Step): void => {
      carryOut(step)
      for (const delivery of group.dispatch(now)) check(delivery)
    },
    /** A consumer that answers everything joins: all is done in the end. */
    finish: (): void => {
      const last = furthest + 3n
      consumers.set('diligent', { slots: 3, inFlight: new Set() })
      group.join('diligent', 3)
      for (let round = 0; round < 2_000; round += 1) {
        if (head < last) offer(Number(last - head))
        for (const delivery of group.dispatch(now)) check(delivery)
        const mine = [...(consumers.get('diligent')?.inFlight ?? [])]
        for (const place of mine) {
          landed('diligent', place)
          settledByConsumers.add(place)
        }
        group.ack(
          'diligent',
          mine.map((place) => messageAt(place).id),
        )
        if (mine.length > 0) continue
        if (group.nextDeadline() === undefined && head >= last) break
        now += settings.messageTimeoutMs
        expire()
      }
      save()
      expect(saved.progress).toEqual({ checkpoint: head, ahead: [], retries: [] })
      expect(group.counts()).toMatchObject({ inFlight: 0, waiting: 0, toRetry: 0 })
    },
  }
}

test.each(strategies)(
  '%s delivers every message until it is done, to one consumer at a time, within its slots and in order',
  (strategy) => {
    const check = () =>
      fc.assert(
        fc.property(
          fc.array(steps, { minLength: 5, maxLength: 60 }),
          fc.integer({ min: 0, max: 3 }),
          (all, maxRetryCount) => {
            const { step, finish } = world({
              ...usualSettings,
              strategy,
              maxRetryCount,
              messageTimeoutMs: 100,
              liveBufferSize: 12,
              historyBufferSize: 8,
            })
            all.forEach(step)
            finish()
          },
        ),
        { numRuns: 150 },
      )
    expect(check).not.toThrow()
  },
)
