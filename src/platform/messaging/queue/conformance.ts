import { afterEach, beforeEach, describe } from 'vitest'
import type { Queue } from './port.ts'
import { addingPromises } from './testing/adding.ts'
import { badDayPromises } from './testing/bad-days.ts'
import type { Given, QueueFixture } from './testing/fixture.ts'
import { runningPromises } from './testing/running.ts'
import { sharingPromises } from './testing/sharing.ts'

/**
 * The promises of the port; every adapter keeps them.
 * @param make a store of its own for each test
 * @param options.processes whether the store outlives a process; then the promises about outages and crashes hold as well
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

    addingPromises(given)
    runningPromises(given)
    sharingPromises(given)
    if (processes) badDayPromises(given)
  })
}
