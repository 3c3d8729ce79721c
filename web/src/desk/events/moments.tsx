import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useId } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded } from '../../ui/feedback.tsx'
import { Card, Muted } from '../../ui/layout.tsx'
import { Differences } from './differences.tsx'
import { stateQuery } from './event-queries.ts'
import css from './events.module.css'
import { JsonBlock } from '../../ui/json-block.tsx'
import { differencesOf } from './state-differences.ts'
import type { StreamSearch } from './stream-search.ts'
import { eventTexts } from './texts.ts'

const route = getRouteApi('/desk/streams/$id')

const Slider = ({
  label,
  value,
  least,
  last,
  typeOf,
  onChange,
}: {
  readonly label: string
  readonly value: number
  readonly least: number
  readonly last: number
  readonly typeOf: (revision: number) => string
  readonly onChange: (value: number) => void
}) => {
  const t = useTexts(eventTexts)
  const id = useId()
  const text = value < 0 ? t.nothing : t.revisionOf(String(value), String(last), typeOf(value))
  return (
    <div className={css.slider}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={least}
        max={last}
        value={value}
        aria-valuetext={text}
        onChange={({ target }) => onChange(target.valueAsNumber)}
      />
      <Muted>{text}</Muted>
    </div>
  )
}

/**
 * The state of a stream at a moment that a slider chooses, and its differences from another one.
 * @param props.typeOf returns the type of the event of a revision; empty where it is not read yet
 */
export const Moments = ({
  streamId,
  at,
  with: other,
  last,
  typeOf,
}: {
  readonly streamId: string
  readonly at: number
  readonly with: number
  readonly last: number
  readonly typeOf: (revision: number) => string
}) => {
  const t = useTexts(eventTexts)
  const { precise } = useFormats()
  const navigate = useNavigate()
  const search = route.useSearch()
  const shown = useQuery(stateQuery(streamId, at))
  const compared = useQuery({ ...stateQuery(streamId, Math.max(other, 0)), enabled: other >= 0 })
  const move = (to: StreamSearch): void =>
    void navigate({
      to: '/desk/streams/$id',
      params: { id: streamId },
      search: { ...search, ...to },
      replace: true,
    })
  const before = other < 0 ? {} : compared.data?.state
  const isComplete = shown.data?.revision === at && (other < 0 || compared.data?.revision === other)
  const label = t.differences(other < 0 ? t.beginning : String(other), String(at))
  return (
    <Card title={t.moments}>
      <Slider
        label={t.at}
        value={at}
        least={0}
        last={last}
        typeOf={typeOf}
        onChange={(revision) => move({ at: revision })}
      />
      <Slider
        label={t.with}
        value={other}
        least={-1}
        last={last}
        typeOf={typeOf}
        onChange={(revision) => move({ at, with: revision })}
      />
      <div className={css.halves}>
        <section aria-label={t.differencesShort}>
          <h3>{label}</h3>
          {isComplete && (
            <Differences of={differencesOf(before, shown.data?.state)} label={label} />
          )}
        </section>
        <section aria-label={t.state(String(at))}>
          <h3>{t.state(String(at))}</h3>
          <Loaded query={shown}>
            {(state) => (
              <>
                <Muted>{precise(state.at)}</Muted>
                <JsonBlock label={t.data} value={state.state} />
              </>
            )}
          </Loaded>
        </section>
      </div>
    </Card>
  )
}
