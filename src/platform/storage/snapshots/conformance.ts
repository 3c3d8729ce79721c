import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot, Snapshots } from './port.ts'

/** Conformance suite of the snapshots. */
export const snapshotsConformance = (
  name: string,
  make: () => Promise<{ snapshots: Snapshots; close: () => Promise<void> }>,
) =>
  describe(`snapshots in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    beforeAll(async () => void (made = await make()))
    afterAll(() => made.close())

    const some = (): Snapshot => ({
      stream: `thing-${randomUUID()}`,
      stateVersion: 1,
      revision: 500,
      position: 9_007_199_254_740_993n,
      state: { open: true, lines: [{ n: 1 }], note: 'a "quoted" ünï' },
      commands: [
        ['c1', 499],
        ['c2', 500],
      ],
    })

    test('are loaded as they were saved', async () => {
      const snapshot = some()
      await made.snapshots.save(snapshot)
      expect(await made.snapshots.load(snapshot.stream, 1)).toStrictEqual(snapshot)
      expect(await made.snapshots.load(`thing-${randomUUID()}`, 1)).toBeUndefined()
    })

    test('of another version are not loaded, and are replaced', async () => {
      const snapshot = some()
      await made.snapshots.save(snapshot)
      expect(await made.snapshots.load(snapshot.stream, 2)).toBeUndefined()
      const next = { ...snapshot, stateVersion: 2, revision: 20 }
      await made.snapshots.save(next)
      expect(await made.snapshots.load(snapshot.stream, 2)).toStrictEqual(next)
      expect(await made.snapshots.load(snapshot.stream, 1)).toBeUndefined()
    })

    test('are not replaced by earlier ones', async () => {
      const late = some()
      await made.snapshots.save(late)
      await made.snapshots.save({ ...late, revision: 400 })
      expect(await made.snapshots.load(late.stream, 1)).toStrictEqual(late)
    })
  })
