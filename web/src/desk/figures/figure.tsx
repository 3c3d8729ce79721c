import { lazy, Suspense, useState } from 'react'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Empty, Skeleton } from '../../ui/feedback.tsx'
import { Row } from '../../ui/layout.tsx'
import cardCss from '../../ui/layout.module.css'
import type { ChartKind } from './chart.tsx'
import type { FigureData } from './figure-data.ts'
import css from './figure.module.css'
import { figureTexts } from './texts.ts'

/** Charts come with a library of their own, which no other page loads. */
const Chart = lazy(() => import('./chart.tsx'))

const Numbers = ({
  title,
  data: { head, labels, series },
  format,
  isSeen,
}: {
  readonly title: string
  readonly data: FigureData
  readonly format: (value: number) => string
  readonly isSeen: boolean
}) => (
  <div
    className={isSeen ? css.scroll : css.aside}
    {...(isSeen && { tabIndex: 0, role: 'region', 'aria-label': title })}
  >
    <table className={css.table}>
      <caption className={css.aside}>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          {series.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {labels.map((label, at) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {series.map(({ name, values }) => {
              const value = values[at]
              return <td key={name}>{value === undefined ? '–' : format(value)}</td>
            })}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

/**
 * Numbers as a chart, and as a table: for screen readers always, for others instead of the chart.
 * @param props.format of the values; the same function in every rendering, as a new one draws the chart again
 */
export const Figure = ({
  title,
  data,
  kind,
  format,
}: {
  readonly title: string
  readonly data: FigureData
  readonly kind: ChartKind
  readonly format: (value: number) => string
}) => {
  const t = useTexts(figureTexts)
  const [isTable, setTable] = useState(false)
  const isEmpty = data.labels.length === 0 || data.series.length === 0
  return (
    <section className={cardCss.card} aria-label={title}>
      <Row between>
        <h2>{title}</h2>
        {!isEmpty && (
          <Button
            small
            look="quiet"
            aria-pressed={isTable}
            aria-label={t.asTable(title)}
            onClick={() => setTable(!isTable)}
          >
            {t.table}
          </Button>
        )}
      </Row>
      {isEmpty ? (
        <Empty>
          <p>{t.noNumbers}</p>
        </Empty>
      ) : (
        <>
          {!isTable && (
            <Suspense fallback={<Skeleton />}>
              <Chart data={data} kind={kind} format={format} />
            </Suspense>
          )}
          <Numbers title={title} data={data} format={format} isSeen={isTable} />
        </>
      )}
    </section>
  )
}
