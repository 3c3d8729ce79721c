import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ask } from '../api/sockets.ts'
import { useFallbackInterval, useLive } from '../api/use-live.ts'
import { useSession } from '../app/session.tsx'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Loaded, useToast } from '../ui/feedback.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Card, Page, Sides, Stack } from '../ui/layout.tsx'
import { Stars } from '../ui/media.tsx'
import { Badge, Notice } from '../ui/notice.tsx'
import { mostLines } from './basket.ts'
import { ProductPicture } from './product-picture.tsx'
import { productQuery, type Product } from './product-queries.ts'
import { Reviews } from './reviews.tsx'
import { shopTexts } from './texts.ts'
import { useBasket } from './use-basket.ts'

/** Interval in which a product is read again for anonymous visitors, in ms. */
const everyMs = 10_000

const route = getRouteApi('/products/$id')

/** The pieces that can be sold now; they change while the page is shown. */
const useStock = ({ id, stock }: Product): number => {
  const queries = useQueryClient()
  const { isSignedIn } = useSession()
  const { queryKey } = productQuery(id)
  const show = (available: number): void => {
    queries.setQueryData(queryKey, (product) => product && { ...product, stock: available })
  }
  useLive(
    '/inventory',
    { 'stock:changed': ({ productId, available }) => productId === id && show(available) },
    {
      key: id,
      enabled: isSignedIn,
      onConnect: () =>
        void ask('/inventory', 'product:subscribe', { productId: id }).then(
          ({ available }) => show(available),
          () => undefined,
        ),
      onLeave: () =>
        void ask('/inventory', 'product:unsubscribe', { productId: id }).catch(() => undefined),
    },
  )
  return stock
}

const Buy = ({ product }: { readonly product: Product }) => {
  const t = useTexts(shopTexts)
  const { money, number } = useFormats()
  const toast = useToast()
  const basket = useBasket()
  const stock = useStock(product)
  const isFull = basket.lines.length >= mostLines && basket.quantityOf(product.id) === 0
  return (
    <Card>
      <strong>{money(product.price)}</strong>
      <span aria-live="polite">
        {stock > 0 ? (
          <Badge kind="good">{t.available(number(stock))}</Badge>
        ) : (
          <Badge kind="warn">{t.soldOut}</Badge>
        )}
      </span>
      {stock > 0 && isFull && <Notice kind="warn">{t.basketFull(number(mostLines))}</Notice>}
      {stock > 0 && !isFull && (
        <Form
          busy={false}
          submitLabel={t.add}
          onSubmit={(values) => {
            basket.set(product.id, basket.quantityOf(product.id) + (values.number('quantity') ?? 1))
            toast(t.added(product.name))
          }}
          actions={<ButtonLink to="/basket">{t.toBasket}</ButtonLink>}
        >
          <TextField
            name="quantity"
            label={t.quantity}
            type="number"
            min={1}
            max={stock}
            defaultValue={1}
          />
        </Form>
      )}
    </Card>
  )
}

/** A product: what it is, how many there are now, and its reviews. */
const ProductPage = () => {
  const { id } = route.useParams()
  const { isSignedIn } = useSession()
  const fallback = useFallbackInterval()
  // Sockets are for signed-in users.
  const refetchInterval = isSignedIn ? fallback : everyMs
  const query = useQuery({ ...productQuery(id), refetchInterval })
  return (
    <Loaded query={query} skeletons={3}>
      {(product) => (
        <Page title={product.name}>
          <Sides>
            <Stack>
              {product.image && <ProductPicture image={product.image} />}
              <Stars rating={product.rating.average} count={product.rating.count} />
              {product.description && <p>{product.description}</p>}
            </Stack>
            <Buy product={product} />
          </Sides>
          <Reviews key={product.id} productId={product.id} />
        </Page>
      )}
    </Loaded>
  )
}

export default ProductPage
