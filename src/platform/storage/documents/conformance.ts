import { afterAll, beforeAll, describe } from 'vitest'
import { findingConformance } from './conformance-finding.ts'
import { newModel, type Stores, type StoreUnderTest } from './conformance-model.ts'
import { partsConformance } from './conformance-parts.ts'
import { publishingConformance } from './conformance-publishing.ts'
import { groupedWritingConformance } from './conformance-grouped-writing.ts'
import { writingConformance } from './conformance-writing.ts'

/**
 * The promises that every document store keeps, whatever it is kept in.
 * @param name of what it is kept in
 * @param make called once, before the tests
 * @param options.isSkipped whether there is no server to test on
 * @param options.isQueried whether documents are found by their fields; otherwise `find` is not tested
 */
export const documentConformance = (
  name: string,
  make: () => Promise<StoreUnderTest>,
  { isSkipped = false, isQueried = true } = {},
) =>
  describe.skipIf(isSkipped)(`documents in ${name}`, () => {
    let under: StoreUnderTest
    let stores: Stores
    beforeAll(async () => {
      under = await make()
      const { declared, isTransactional = true, largestBatch = 10_000 } = under
      stores = {
        store: await under.open(),
        other: await under.open(),
        isTransactional,
        largestBatch,
        isQueried,
        comparesCodePoints: under.comparesCodePoints ?? true,
        newModel: () => newModel(declared),
      }
    })
    afterAll(() => under?.close())

    writingConformance(() => stores)
    groupedWritingConformance(() => stores)
    publishingConformance(() => stores)
    partsConformance(() => stores)
    if (isQueried) findingConformance(() => stores)
  })
