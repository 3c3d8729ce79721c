import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Card } from '../ui/layout.tsx'
import css from './search-facets.module.css'
import { foundProductsQuery, type FoundProducts } from './search-queries.ts'
import type { SearchQuestion } from './search-question.ts'
import { productsLimit } from './search-results.tsx'
import { searchTexts } from './search-texts.ts'

/** Currency of the price ranges, which are of numbers. */
const currency = 'EUR'

type Value = {
  readonly name: string
  readonly count?: number
  readonly question: SearchQuestion
  readonly isChosen: boolean
}

const Facet = ({ name, values }: { readonly name: string; readonly values: readonly Value[] }) => {
  const t = useTexts(searchTexts)
  const { number } = useFormats()
  return (
    <>
      <h3>{name}</h3>
      <ul className={css.values} aria-label={name}>
        {values.map(({ name: value, count, question, isChosen }) => (
          <li key={value}>
            <Link
              to="/search"
              search={question}
              activeOptions={{ exact: true }}
              aria-current={isChosen ? 'true' : undefined}
            >
              {count === undefined ? value : t.counted(value, number(count))}
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}

type Range = FoundProducts['facets']['price'][number]

/** Filters of products, with the numbers of hits that each leaves. */
export const SearchFacets = ({ question }: { readonly question: SearchQuestion }) => {
  const t = useTexts(searchTexts)
  const { money } = useFormats()
  const { data } = useInfiniteQuery(foundProductsQuery(question, productsLimit))
  const facets = data?.pages[0]?.facets
  if (!facets) return null
  const { category, minPrice, maxPrice, inStock, ...rest } = question
  const inCategory = category !== undefined && { category }
  const atPrice = {
    ...(minPrice !== undefined && { minPrice }),
    ...(maxPrice !== undefined && { maxPrice }),
  }
  const stocked = inStock === true && { inStock }
  const price = (amount: number): string => money({ amount, currency })
  const nameOf = ({ from, to }: Range): string => {
    if (from === undefined) return t.below(price(to ?? 0))
    return to === undefined ? t.above(price(from)) : t.between(price(from), price(to))
  }
  return (
    <Card title={t.filter}>
      <Facet
        name={t.category}
        values={[
          {
            name: t.anyValue,
            question: { ...rest, ...atPrice, ...stocked },
            isChosen: category === undefined,
          },
          ...facets.category.map(({ value, count }) => ({
            name: value,
            count,
            question: { ...rest, ...atPrice, ...stocked, category: value },
            isChosen: category === value,
          })),
        ]}
      />
      <Facet
        name={t.price}
        values={[
          {
            name: t.anyValue,
            question: { ...rest, ...inCategory, ...stocked },
            isChosen: minPrice === undefined && maxPrice === undefined,
          },
          ...facets.price
            .filter(({ count }) => count > 0)
            .map((range) => {
              const { from, to, count } = range
              const chosen = {
                ...(from !== undefined && { minPrice: from }),
                // A range excludes its end, a filter does not.
                ...(to !== undefined && { maxPrice: to - 1 }),
              }
              return {
                name: nameOf(range),
                count,
                question: { ...rest, ...inCategory, ...stocked, ...chosen },
                isChosen: minPrice === chosen.minPrice && maxPrice === chosen.maxPrice,
              }
            }),
        ]}
      />
      <Facet
        name={t.stock}
        values={[
          {
            name: t.anyValue,
            question: { ...rest, ...inCategory, ...atPrice },
            isChosen: inStock !== true,
          },
          ...facets.inStock
            .filter(({ value }) => value)
            .map(({ count }) => ({
              name: t.inStock,
              count,
              question: { ...rest, ...inCategory, ...atPrice, inStock: true },
              isChosen: inStock === true,
            })),
        ]}
      />
    </Card>
  )
}
