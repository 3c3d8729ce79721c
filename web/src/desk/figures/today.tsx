import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Pushes } from '../../api/sockets.ts'
import { useLive } from '../../api/use-live.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Card } from '../../ui/layout.tsx'
import css from './figure.module.css'
import { figuresKey } from './figure-queries.ts'
import { figureTexts } from './texts.ts'

/** Charts are read again at most this often while figures change, in ms. */
const every = 5_000

/** Numbers that are read at a glance: `[name, value]`. */
export const GlanceNumbers = ({
  of,
}: {
  readonly of: readonly (readonly [name: string, value: string])[]
}) => (
  <dl className={css.numbers}>
    {of.map(([name, value]) => (
      <div key={name} className={css.number}>
        <dt>{name}</dt>
        <dd>
          <strong>{value}</strong>
        </dd>
      </div>
    ))}
  </dl>
)

/** The figures of the present day, as they change; the charts follow. */
export const Today = () => {
  const t = useTexts(figureTexts)
  const { money, number } = useFormats()
  const queries = useQueryClient()
  const [today, setToday] = useState<Pushes<'/analytics'>['dashboard:update']>()
  const readAt = useRef(0)
  useLive('/analytics', {
    'dashboard:update': (figures) => {
      setToday(figures)
      if (Date.now() - readAt.current < every) return
      readAt.current = Date.now()
      void queries.invalidateQueries({ queryKey: figuresKey })
    },
  })
  if (!today) return null
  const byCurrency = Map.groupBy(today.sales, ({ currency }) => currency)
  return (
    <Card title={t.today}>
      <GlanceNumbers
        of={[
          [t.orders, number(today.funnel.order)],
          [t.paid, number(today.funnel.paid)],
          ...[...byCurrency].map(([currency, sales]): [string, string] => [
            t.revenue(currency),
            money({ currency, amount: sales.reduce((sum, { amount }) => sum + amount, 0) }),
          ]),
          [t.active, number(today.people.active)],
          [t.newcomers, number(today.people.new)],
        ]}
      />
    </Card>
  )
}
