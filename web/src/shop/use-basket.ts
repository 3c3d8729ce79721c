import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { basketKey, basketStore, withQuantity, type BasketLine } from './basket.ts'

/** The basket of this browser, and how to change it. */
export const useBasket = () => {
  const queries = useQueryClient()
  const { data: lines = basketStore.read() } = useQuery({
    queryKey: basketKey,
    queryFn: basketStore.read,
    staleTime: Infinity,
  })
  useEffect(
    () => basketStore.onChange(() => void queries.invalidateQueries({ queryKey: basketKey })),
    [queries],
  )
  const write = (next: readonly BasketLine[]): void => {
    basketStore.write(next)
    queries.setQueryData(basketKey, next)
  }
  return {
    lines,
    /** Number of pieces of a product. */
    quantityOf: (productId: string): number =>
      lines.find((line) => line.productId === productId)?.quantity ?? 0,
    /** Sets the number of pieces of a product; 0 removes it. */
    set: (productId: string, quantity: number): void =>
      write(withQuantity(basketStore.read(), productId, quantity)),
    clear: (): void => write([]),
  }
}
