import { afterEach, beforeEach, describe } from 'vitest'
import type { Queue } from './port.ts'
import { addingTests } from './testing/adding.ts'
import { outageTests } from './testing/bad-days.ts'
import type { Given, QueueFixture } from './testing/fixture.ts'
import { runningTests } from './testing/running.ts'
import { sharingTests } from './testing/sharing.ts'

/**
 * Conformance suite of the queues.
 * @param make creates a store for each test
 * @param options.processes whether the store outlives a process; then the tests of outages and crashes run as well
 */
export const queueConformance = (
  name: string,
  make: () => Promise<QueueFixture>,
  { processes }: { readonly processes: boolean },
): void => {
  describe(`${name} queue`, () => {
    let fixture: QueueFixture
    let queue: Queue
    const given: Given = () => ({ fixture, queue })
    beforeEach(async () => {
      fixture = await make()
      queue = await fixture.open()
    })
    afterEach(() => fixture[Symbol.asyncDispose]())

    addingTests(given)
    runningTests(given)
    sharingTests(given)
    if (processes) outageTests(given)
  })
}
