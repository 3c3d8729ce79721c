import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, TextField } from '../../ui/form.tsx'
import { Card, Stack, Table } from '../../ui/layout.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Ago } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { deskProductsQuery } from './desk-product-queries.ts'
import { productTexts } from './texts.ts'

const Products = ({ q }: { readonly q: string }) => {
  const t = useTexts(productTexts)
  const { money, number } = useFormats()
  const query = useInfiniteQuery(deskProductsQuery(q))
  return (
    <Paged query={query} rowsOf={(page) => page.products} none={t.none} skeletons={3}>
      {(products) => (
        <Table
          caption={t.productList}
          rows={products}
          keyOf={({ id }) => id}
          columns={[
            {
              head: t.name,
              cell: ({ id, name }) => (
                <Link to="/desk/products/$id" params={{ id }}>
                  {name}
                </Link>
              ),
            },
            { head: t.category, cell: ({ category }) => category },
            { head: t.price, cell: ({ price }) => money(price), isNumber: true },
            { head: t.inStock, cell: ({ stock }) => number(stock), isNumber: true },
            { head: t.updated, cell: ({ updatedAt }) => <Ago at={updatedAt} /> },
          ]}
        />
      )}
    </Paged>
  )
}

/** All products on sale, with their stock. */
const ProductsPage = () => {
  const t = useTexts(productTexts)
  const [q, setQ] = useState('')
  return (
    <Desk
      title={t.products}
      actions={
        <ButtonLink look="primary" to="/desk/products/$id" params={{ id: 'new' }}>
          {t.newProduct}
        </ButtonLink>
      }
    >
      <Stack>
        <Card>
          <Form
            label={t.search}
            busy={false}
            submitLabel={t.show}
            onSubmit={(values) => setQ(values.text('q'))}
          >
            <TextField name="q" label={t.search} required={false} maxLength={200} />
          </Form>
        </Card>
        <Products q={q} />
      </Stack>
    </Desk>
  )
}

export default ProductsPage
