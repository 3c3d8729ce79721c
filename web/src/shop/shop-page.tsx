import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Empty, Failure, More, Skeleton } from '../ui/feedback.tsx'
import { FilterForm, PriceFields, pricesIn } from '../ui/filter-form.tsx'
import { Checkbox, Select, TextField, type Values } from '../ui/form.tsx'
import { Card, Grid, Muted, Page, Row, Sides, Stack } from '../ui/layout.tsx'
import { Stars } from '../ui/media.tsx'
import { productFilter, type ProductFilter } from './product-filter.ts'
import { Beside } from './beside.tsx'
import { ProductPicture } from './product-picture.tsx'
import { categoriesQuery, productsQuery, type Product } from './product-queries.ts'
import { shopTexts } from './texts.ts'

const filterOf = (values: Values): ProductFilter =>
  productFilter({
    q: values.text('q'),
    category: values.text('category'),
    ...pricesIn(values),
    inStock: values.ticked('inStock'),
    sort: values.text('sort'),
  })

const Filters = ({ filter }: { readonly filter: ProductFilter }) => {
  const t = useTexts(shopTexts)
  const navigate = useNavigate()
  const { data } = useQuery(categoriesQuery)
  return (
    <FilterForm
      of={filter}
      title={t.filter}
      label={t.filter}
      submitLabel={t.apply}
      onFilter={(values) => void navigate({ to: '/', search: filterOf(values) })}
      clear={
        <ButtonLink to="/" search={{}} look="quiet">
          {t.clear}
        </ButtonLink>
      }
    >
      <TextField
        name="q"
        label={t.search}
        required={false}
        defaultValue={filter.q}
        maxLength={200}
      />
      <Select
        name="category"
        label={t.category}
        required={false}
        defaultValue={filter.category ?? ''}
        options={[
          ['', t.all],
          ...(data?.categories ?? []).map(({ name, products }): [string, string] => [
            name,
            `${name} (${products})`,
          ]),
        ]}
      />
      <PriceFields range={filter} labels={t} />
      <Checkbox name="inStock" label={t.inStock} defaultChecked={filter.inStock ?? false} />
      <Select
        name="sort"
        label={t.sort}
        required={false}
        defaultValue={filter.sort ?? '-createdAt'}
        options={[
          ['-createdAt', t.newest],
          ['price', t.cheapest],
          ['-price', t.dearest],
          ['name', t.byName],
        ]}
      />
    </FilterForm>
  )
}

const ProductCard = ({ product }: { readonly product: Product }) => {
  const t = useTexts(shopTexts)
  const { money, number } = useFormats()
  const { id, name, price, stock, rating, image } = product
  return (
    <li>
      <Card>
        <ProductPicture image={image} />
        <Link to="/products/$id" params={{ id }}>
          <strong>{name}</strong>
        </Link>
        <Row between>
          <span>{money(price)}</span>
          <Muted>{stock > 0 ? t.available(number(stock)) : t.soldOut}</Muted>
        </Row>
        <Stars rating={rating.average} count={rating.count} />
      </Card>
    </li>
  )
}

const route = getRouteApi('/')

const Products = ({ filter }: { readonly filter: ProductFilter }) => {
  const t = useTexts(shopTexts)
  const { number } = useFormats()
  const query = useInfiniteQuery(productsQuery(filter))
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={4} />
  const products = data.pages.flatMap((page) => page.products)
  return (
    <Stack>
      <Muted>{t.count(number(data.pages[0]?.total ?? 0))}</Muted>
      {products.length === 0 ? (
        <Empty>
          <p>{t.none}</p>
        </Empty>
      ) : (
        <Grid label={t.products}>
          {products.map((product) => (
            <ProductCard key={product.id} product={product} />
          ))}
        </Grid>
      )}
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </Stack>
  )
}

/** The shop: products by filter, whose address can be shared. */
const ShopPage = () => {
  const t = useTexts(shopTexts)
  const filter = route.useSearch()
  return (
    <Page title={t.title}>
      <Sides>
        <Products filter={filter} />
        <Beside title={t.filter}>
          <Filters filter={filter} />
        </Beside>
      </Sides>
    </Page>
  )
}

export default ShopPage
