import { useQueries } from '@tanstack/react-query'
import { isNotFound } from '../api/problem.ts'
import { useFallbackInterval } from '../api/use-live.ts'
import type { FilledLine } from './basket-sums.ts'
import { productQuery } from './product-queries.ts'
import { useBasket } from './use-basket.ts'

/** The basket with the products as they are now. */
export const useFilledBasket = () => {
  const basket = useBasket()
  const refetchInterval = useFallbackInterval()
  const results = useQueries({
    queries: basket.lines.map(({ productId }) => ({ ...productQuery(productId), refetchInterval })),
  })
  const lines = basket.lines.map((line, at): FilledLine => {
    const { data, error } = results[at] ?? {}
    return { ...line, product: isNotFound(error) ? null : data }
  })
  const failed = results.find(({ data, error }) => data === undefined && error !== null)
  return {
    basket,
    lines,
    /** Whether a product is not read yet. */
    isLoading: lines.some(({ product }) => product === undefined),
    /** Why a product could not be read. */
    error: isNotFound(failed?.error) ? undefined : (failed?.error ?? undefined),
    retry: (): void => void failed?.refetch(),
  }
}
