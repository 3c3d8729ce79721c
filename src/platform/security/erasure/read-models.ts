import type { AnyProjection } from '#kernel'
import {
  GenerationMissing,
  type DocumentStore,
  type Generation,
  type Keyed,
} from '../../storage/documents/port.ts'
import { matchesPerson, type Sought } from './matches-person.ts'
import type { CheckedPlace } from './port.ts'

/** Documents that are read at once. */
const pageSize = 1_000

/**
 * Searches the read models in other stores than PostgreSQL for data of a person, and removes nothing: their projections
 * do, by the events of the erasure.
 * @throws Unavailable when a store cannot be reached
 */
export const inReadModels =
  (
    documents: Pick<DocumentStore, 'generations' | 'has' | 'scan'>,
    projections: readonly AnyProjection[],
  ) =>
  async (sought: Sought): Promise<readonly CheckedPlace[]> => {
    const matches = matchesPerson(sought)

    const pages = async function* (generation: Generation): AsyncGenerator<readonly Keyed[]> {
      for (let after: string | undefined; ;) {
        const range = { limit: pageSize, ...(after !== undefined && { after }) }
        const page = await documents.scan(generation, range)
        yield page
        if (page.length < pageSize) return
        after = page.at(-1)?.[0]
      }
    }

    const countIn = async (generation: Generation): Promise<number> => {
      let found = 0
      try {
        for await (const page of pages(generation))
          found += page.filter((document) => matches(JSON.stringify(document))).length
      } catch (error) {
        // An old generation of a read model may be dropped at any time.
        if (!(error instanceof GenerationMissing)) throw error
      }
      return found
    }

    const places: CheckedPlace[] = []
    for (const projection of projections)
      for (const { generation, store } of await documents.generations(projection.name)) {
        if (store === 'postgres') continue
        const its = { projection, generation, store }
        const place = `${store} ${projection.name}_g${generation}`
        places.push(
          (await documents.has(its))
            ? { place, found: await countIn(its), removed: 0 }
            : { place, found: 0, removed: 0, note: 'the store is not configured, or has lost it' },
        )
      }
    return places
  }
