import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { FilterForm, PriceFields, pricesIn } from '../ui/filter-form.tsx'
import { Select, TextField, type Values } from '../ui/form.tsx'
import { gigFilter, type GigFilter } from './gig-filter.ts'
import { gigCategoriesQuery } from './gig-queries.ts'
import { gigTexts } from './texts.ts'

const filterOf = (values: Values, { seller }: GigFilter): GigFilter =>
  gigFilter({
    seller,
    category: values.text('category'),
    ...pricesIn(values),
    deliveryDays: values.number('deliveryDays'),
    rating: values.number('rating'),
    sort: values.text('sort'),
  })

/** The filter of the gigs page; submitting it changes the address. */
export const GigFilters = ({ filter }: { readonly filter: GigFilter }) => {
  const t = useTexts(gigTexts)
  const navigate = useNavigate()
  const { data: categories = [] } = useQuery(gigCategoriesQuery)
  const isListed = categories.some(({ value }) => value === filter.category)
  return (
    <FilterForm
      // The facets change what is chosen among.
      of={[filter, categories.length]}
      title={t.filter}
      label={t.filter}
      submitLabel={t.apply}
      onFilter={(values) => void navigate({ to: '/gigs', search: filterOf(values, filter) })}
      clear={
        <ButtonLink to="/gigs" search={{}} look="quiet">
          {t.clear}
        </ButtonLink>
      }
    >
      <Select
        name="category"
        label={t.category}
        required={false}
        defaultValue={filter.category ?? ''}
        options={[
          ['', t.all],
          // The facets have the most frequent ones only.
          ...(filter.category === undefined || isListed
            ? []
            : [[filter.category, filter.category] as const]),
          ...categories.map(({ value, count }) => [value, `${value} (${count})`] as const),
        ]}
      />
      <PriceFields range={filter} labels={t} />
      <TextField
        name="deliveryDays"
        label={t.deliveryDays}
        required={false}
        type="number"
        min={1}
        max={365}
        defaultValue={filter.deliveryDays}
      />
      <Select
        name="rating"
        label={t.rating}
        required={false}
        defaultValue={filter.rating ?? ''}
        options={[
          ['', t.anyRating],
          ...[4, 3, 2].map((stars) => [String(stars), t.atLeast(stars)] as const),
        ]}
      />
      <Select
        name="sort"
        label={t.sort}
        required={false}
        defaultValue={filter.sort ?? '-createdAt'}
        options={[
          ['-createdAt', t.newest],
          ['price', t.cheapest],
          ['-price', t.dearest],
          ['-rating', t.bestRated],
        ]}
      />
    </FilterForm>
  )
}
