import { useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Failure, More, Skeleton } from '../ui/feedback.tsx'
import { List, Muted, Row, Stack } from '../ui/layout.tsx'
import { GigHit, OrderHit, PostHit, ProductHit, UserHit } from './search-hits.tsx'
import {
  foundGigsQuery,
  foundOrdersQuery,
  foundPostsQuery,
  foundProductsQuery,
  foundUsersQuery,
} from './search-queries.ts'
import type { SearchQuestion, SearchType } from './search-question.ts'
import { searchTexts } from './search-texts.ts'

/** Number of hits of each type where all are shown, and on a page of one type. */
const [fewHits, manyHits] = [3, 20]

type Shown = {
  readonly question: SearchQuestion
  /** Whether only the best hits are shown, with a link to the others. */
  readonly isPart: boolean
}

type Found<Hit> = {
  readonly pages: readonly { readonly hits: readonly Hit[]; readonly total: number }[]
}

const Results = <Hit extends { readonly id: string }>({
  type,
  question,
  isPart,
  query: { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage },
  children,
}: Shown & {
  readonly type: SearchType
  readonly query: UseInfiniteQueryResult<Found<Hit>>
  readonly children: (hit: Hit) => ReactNode
}) => {
  const t = useTexts(searchTexts)
  const { number } = useFormats()
  const total = data?.pages[0]?.total ?? 0
  const hits = data?.pages.flatMap((page) => page.hits) ?? []
  return (
    <section aria-label={t[type]}>
      <Stack>
        <Row between>
          <h2>{t[type]}</h2>
          {data && <Muted>{t.found(number(total))}</Muted>}
        </Row>
        {!data && (error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />)}
        {data && hits.length === 0 && <p>{t.none}</p>}
        <List label={t[type]}>
          {hits.map((hit) => (
            <li key={hit.id}>{children(hit)}</li>
          ))}
        </List>
        {isPart
          ? hasNextPage && (
              <div>
                <ButtonLink to="/search" search={{ q: question.q, type }}>
                  {t.showAll(t[type])}
                </ButtonLink>
              </div>
            )
          : hasNextPage && (
              <More has busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
            )}
      </Stack>
    </section>
  )
}

const limitOf = ({ isPart }: Shown): number => (isPart ? fewHits : manyHits)

const Products = (shown: Shown) => (
  <Results
    {...shown}
    type="products"
    query={useInfiniteQuery(foundProductsQuery(shown.question, limitOf(shown)))}
  >
    {(hit) => <ProductHit hit={hit} />}
  </Results>
)

const Gigs = (shown: Shown) => (
  <Results
    {...shown}
    type="gigs"
    query={useInfiniteQuery(foundGigsQuery(shown.question.q, limitOf(shown)))}
  >
    {(hit) => <GigHit hit={hit} />}
  </Results>
)

const Users = (shown: Shown) => (
  <Results
    {...shown}
    type="users"
    query={useInfiniteQuery(foundUsersQuery(shown.question.q, limitOf(shown)))}
  >
    {(hit) => <UserHit hit={hit} />}
  </Results>
)

const Posts = (shown: Shown) => (
  <Results
    {...shown}
    type="posts"
    query={useInfiniteQuery(foundPostsQuery(shown.question.q, limitOf(shown)))}
  >
    {(hit) => <PostHit hit={hit} />}
  </Results>
)

const Orders = (shown: Shown) => (
  <Results
    {...shown}
    type="orders"
    query={useInfiniteQuery(foundOrdersQuery(shown.question.q, limitOf(shown)))}
  >
    {(hit) => <OrderHit hit={hit} />}
  </Results>
)

const byType = { products: Products, gigs: Gigs, users: Users, posts: Posts, orders: Orders }

/** What is found of a type. */
export const ResultsOf = ({ type, ...shown }: Shown & { readonly type: SearchType }) => {
  const One = byType[type]
  return <One {...shown} />
}

/** Number of products on a page of the search, whose first page has the facets. */
export const productsLimit = manyHits
