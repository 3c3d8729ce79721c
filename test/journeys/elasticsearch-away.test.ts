import { expect, test } from 'vitest'
import { elasticsearch } from '../services/elasticsearch.ts'
import { hasElasticsearch, needsElasticsearch } from '../support/elasticsearch.ts'
import { refusalsWithout } from '../support/store-away.ts'

test.skipIf(!hasElasticsearch)(
  `while Elasticsearch is away, at the start and hanging, orders are placed and all other reads go on; afterwards the indices are level${needsElasticsearch}`,
  async () => {
    const refusals = await refusalsWithout({
      program: elasticsearch,
      variable: 'ELASTICSEARCH_URL',
      store: 'elasticsearch',
      check: 'elasticsearch',
      models: ['search_gigs', 'search_orders', 'search_products', 'search_users'],
      listOf: () => '/search/orders',
      totalOf: (orders) => orders,
      // A kill costs a start of some ten seconds of CPU time; `elasticsearch-outages.test.ts` has it.
      absences: ['hangs'],
    })
    expect(refusals).toEqual(['not_caught_up', 'unavailable'])
  },
)
