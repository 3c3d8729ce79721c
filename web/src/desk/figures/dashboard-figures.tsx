import { useQueries, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Card } from '../../ui/layout.tsx'
import { shortDuration } from './duration.ts'
import { arranged, daysOf, plainFigure } from './figure-data.ts'
import { gigTitleQuery, productNameQuery, type Figures } from './figure-queries.ts'
import { Figure } from './figure.tsx'
import css from './figure.module.css'
import { figureTexts } from './texts.ts'
import { GlanceNumbers } from './today.tsx'

/** Names by id; ids of what has none. */
const namesOf = (ids: readonly string[], results: readonly UseQueryResult<string>[]) =>
  ids.map((id, at) => results[at]?.data ?? id.slice(0, 8))

const SalesByDay = ({
  figures,
  currency,
}: {
  readonly figures: Figures
  readonly currency: string
}) => {
  const t = useTexts(figureTexts)
  const { money } = useFormats()
  const format = useCallback((amount: number) => money({ amount, currency }), [money, currency])
  const data = useMemo(
    () =>
      arranged(
        t.day,
        figures.sales
          .filter((one) => one.currency === currency)
          .map(({ day, amount }) => ({ label: day, series: t.amount, value: amount })),
        { labels: daysOf(figures), missing: 0 },
      ),
    [figures, currency, t],
  )
  return <Figure title={t.salesByDay(currency)} data={data} kind="bars" format={format} />
}

const Best = ({ top }: Pick<Figures, 'top'>) => {
  const t = useTexts(figureTexts)
  const { number } = useFormats()
  const products = useQueries({
    queries: top.products.map(({ productId }) => productNameQuery(productId)),
  })
  const gigs = useQueries({ queries: top.gigs.map(({ gigId }) => gigTitleQuery(gigId)) })
  const names = JSON.stringify([
    namesOf(
      top.products.map(({ productId }) => productId),
      products,
    ),
    namesOf(
      top.gigs.map(({ gigId }) => gigId),
      gigs,
    ),
  ])
  const [bestProducts, bestGigs] = useMemo(() => {
    const [ofProducts = [], ofGigs = []]: readonly (readonly string[])[] = JSON.parse(names)
    return [
      arranged(
        t.product,
        top.products.map(({ quantity }, at) => ({
          label: ofProducts[at] ?? '',
          series: t.pieces,
          value: quantity,
        })),
      ),
      arranged(
        t.gig,
        top.gigs.map(({ orders }, at) => ({
          label: ofGigs[at] ?? '',
          series: t.orders,
          value: orders,
        })),
      ),
    ]
  }, [names, top, t])
  return (
    <>
      <Figure title={t.topProducts} data={bestProducts} kind="bars" format={number} />
      <Figure title={t.topGigs} data={bestGigs} kind="bars" format={number} />
    </>
  )
}

/** The figures of a range as charts, each with its numbers as a table. */
export const DashboardFigures = ({ figures }: { readonly figures: Figures }) => {
  const t = useTexts(figureTexts)
  const { number } = useFormats()
  const duration = useCallback((ms: number) => shortDuration(ms, number), [number])
  const { funnel, people, searches, sellers } = figures
  const data = useMemo(
    () => ({
      statuses: plainFigure(t.status, t.orders, Object.entries(figures.ordersByStatus)),
      funnel: plainFigure(t.step, t.count, [
        [t.views, figures.funnel.view],
        [t.baskets, figures.funnel.basket],
        [t.orders, figures.funnel.order],
        [t.paid, figures.funnel.paid],
      ]),
      days: arranged(
        t.day,
        figures.active.day.map((one) => ({
          label: one.bucket,
          series: t.people,
          value: one.people,
        })),
        { labels: daysOf(figures), missing: 0 },
      ),
      weeks: plainFigure(
        t.week,
        t.people,
        figures.active.week.map((one) => [one.bucket, one.people]),
      ),
      steps: {
        head: t.step,
        labels: figures.steps.map(({ from, to }) => `${from} → ${to}`),
        series: [
          { name: t.median, values: figures.steps.map(({ medianMs }) => medianMs) },
          { name: t.mean, values: figures.steps.map(({ meanMs }) => meanMs) },
        ],
      },
    }),
    [figures, t],
  )
  const currencies = [...new Set(figures.sales.map(({ currency }) => currency))]
  return (
    <>
      <Card title={t.numbers}>
        <GlanceNumbers
          of={[
            [t.orders, number(funnel.order)],
            [t.paid, number(funnel.paid)],
            [t.active, number(people.active)],
            [t.newcomers, number(people.new)],
            [t.returning, number(people.returning)],
            [t.searches, number(searches.total)],
            [t.noResult, number(searches.withoutResult)],
            [t.answers, number(sellers.answers)],
            [
              t.answerTime,
              sellers.medianSeconds === undefined ? '–' : duration(sellers.medianSeconds * 1_000),
            ],
          ]}
        />
      </Card>
      <div className={css.figures}>
        {currencies.map((currency) => (
          <SalesByDay key={currency} figures={figures} currency={currency} />
        ))}
        <Figure title={t.byStatus} data={data.statuses} kind="bars" format={number} />
        <Figure title={t.funnel} data={data.funnel} kind="bars" format={number} />
        <Best top={figures.top} />
        <Figure title={t.activeByDay} data={data.days} kind="line" format={number} />
        <Figure title={t.activeByWeek} data={data.weeks} kind="bars" format={number} />
        <Figure title={t.times} data={data.steps} kind="line" format={duration} />
      </div>
    </>
  )
}
