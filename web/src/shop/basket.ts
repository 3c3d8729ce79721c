/** A product in the basket. */
export type BasketLine = { readonly productId: string; readonly quantity: number }

/** Key of the query for the basket. */
export const basketKey = ['basket'] as const

const key = 'agora.basket'

/** Most different products in a basket, as an order admits no more. */
export const mostLines = 50

const isLine = (value: unknown): value is BasketLine =>
  typeof value === 'object' &&
  value !== null &&
  'productId' in value &&
  typeof value.productId === 'string' &&
  'quantity' in value &&
  Number.isInteger(value.quantity) &&
  Number(value.quantity) > 0

/** Reads the lines of a stored basket; a text of anything else is an empty basket. */
const basketOf = (text: string | null): readonly BasketLine[] => {
  try {
    const stored: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(stored) ? stored.filter(isLine).slice(0, mostLines) : []
  } catch {
    return []
  }
}

/** Returns a basket in which a product has a quantity; 0 removes it. */
export const withQuantity = (
  lines: readonly BasketLine[],
  productId: string,
  quantity: number,
): readonly BasketLine[] => {
  const others = lines.filter((line) => line.productId !== productId)
  if (quantity <= 0) return others
  const at = lines.findIndex((line) => line.productId === productId)
  return at === -1 ? [...others, { productId, quantity }] : lines.with(at, { productId, quantity })
}

/** Number of pieces in a basket. */
export const countOf = (lines: readonly BasketLine[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** The basket of this browser, which outlives the page and a sign-in. */
export const basketStore = {
  read: (): readonly BasketLine[] => basketOf(localStorage.getItem(key)),
  write: (lines: readonly BasketLine[]): void => localStorage.setItem(key, JSON.stringify(lines)),
  /** Calls back after each change in another tab. @returns ends it */
  onChange: (listener: () => void): (() => void) => {
    const changed = (event: StorageEvent): void => {
      if (event.key === key) listener()
    }
    window.addEventListener('storage', changed)
    return () => window.removeEventListener('storage', changed)
  },
}
