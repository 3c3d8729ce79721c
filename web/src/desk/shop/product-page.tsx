import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Loaded, useToast } from '../../ui/feedback.tsx'
import { Card, Row, Sides, Stack } from '../../ui/layout.tsx'
import { Desk } from '../desk.tsx'
import { deskProductQuery, type Product, type ProductBody } from './desk-product-queries.ts'
import { ProductForm } from './product-form.tsx'
import { StockCard } from './stock-card.tsx'
import { productTexts } from './texts.ts'

const route = getRouteApi('/desk/products/$id')

/** Id in the address of the page that creates a product. */
const newId = 'new'

const NewProduct = () => {
  const t = useTexts(productTexts)
  const toast = useToast()
  const navigate = useNavigate()
  const create = useCommand({
    send: (body: ProductBody, once) => run(api.POST('/api/v1/products', { body, ...once })),
    onDone: async ({ id }) => {
      toast(t.created)
      await navigate({ to: '/desk/products/$id', params: { id } })
    },
  })
  return (
    <Card title={t.details}>
      <ProductForm
        busy={create.isPending}
        error={create.error}
        submitLabel={t.create}
        onSubmit={(body) => create.mutate(body)}
      />
    </Card>
  )
}

const Removal = ({ product: { id, name } }: { readonly product: Product }) => {
  const t = useTexts(productTexts)
  const toast = useToast()
  const navigate = useNavigate()
  const [isOpen, setIsOpen] = useState(false)
  const remove = useCommand({
    send: (_: void, once) =>
      run(api.DELETE('/api/v1/products/{id}', { params: { path: { id } }, ...once })),
    onDone: async () => {
      toast(t.removed)
      await navigate({ to: '/desk/products' })
    },
  })
  return (
    <>
      <Button look="danger" onClick={() => setIsOpen(true)}>
        {t.remove}
      </Button>
      <Confirm
        title={t.removeTitle(name)}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        onConfirm={() => remove.mutate()}
        confirmLabel={t.removeNow}
        busy={remove.isPending}
        error={remove.error}
      >
        <p>{t.removeText}</p>
      </Confirm>
    </>
  )
}

const Details = ({ product }: { readonly product: Product }) => {
  const t = useTexts(productTexts)
  const toast = useToast()
  const { id, revision } = product
  const change = useCommand({
    send: (body: ProductBody, once) =>
      run(api.PUT('/api/v1/products/{id}', { params: { path: { id } }, body, ...once })),
    onDone: () => toast(t.saved),
  })
  return (
    <Sides>
      <Stack>
        <Card title={t.details}>
          <ProductForm
            key={revision}
            product={product}
            busy={change.isPending}
            error={change.error}
            submitLabel={t.save}
            onSubmit={(body) => change.mutate(body)}
          />
        </Card>
        <Row>
          <ButtonLink to="/products/$id" params={{ id }}>
            {t.toShop}
          </ButtonLink>
          <Removal product={product} />
        </Row>
      </Stack>
      <StockCard productId={id} />
    </Sides>
  )
}

const ExistingProduct = ({ id }: { readonly id: string }) => (
  <Loaded query={useQuery(deskProductQuery(id))} skeletons={2}>
    {(product) => <Details product={product} />}
  </Loaded>
)

/** A product: its details, its picture and its stock; at `new`, one that is put on sale. */
const ProductPage = () => {
  const t = useTexts(productTexts)
  const { id } = route.useParams()
  const { data } = useQuery({ ...deskProductQuery(id), enabled: id !== newId })
  const isNew = id === newId
  return (
    <Desk title={isNew ? t.newProduct : (data?.name ?? t.products)}>
      {isNew ? <NewProduct /> : <ExistingProduct key={id} id={id} />}
    </Desk>
  )
}

export default ProductPage
