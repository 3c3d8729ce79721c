import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded } from '../../ui/feedback.tsx'
import { Form, Select, TextField } from '../../ui/form.tsx'
import { Card, Muted, Stack, Table } from '../../ui/layout.tsx'
import { Badge, Notice } from '../../ui/notice.tsx'
import { Desk } from '../desk.tsx'
import { DocumentTree } from './document-tree.tsx'
import { isReadable } from './event-metadata.ts'
import { modelsQuery, whyQuery, type Explained } from './event-queries.ts'
import css from './events.module.css'
import { pointerOf, readablePath, type JsonPath } from './json-path.ts'
import { whySearch, type WhySearch } from './why-search.ts'
import { whyTexts } from './why-texts.ts'

const route = getRouteApi('/desk/why')

const Question = ({ model, search }: { readonly model: string; readonly search: WhySearch }) => {
  const t = useTexts(whyTexts)
  const navigate = useNavigate()
  const { data: models = [] } = useQuery(modelsQuery)
  const names = models.length === 0 ? [model] : models.map(({ name }) => name)
  return (
    <Card title={t.which}>
      <Form
        key={`${JSON.stringify(search)} ${names.length}`}
        label={t.which}
        submitLabel={t.explain}
        busy={false}
        onSubmit={(values) =>
          void navigate({
            to: '/desk/why',
            search: whySearch({
              model: values.text('model'),
              key: values.text('key'),
              at: values.text('at'),
            }),
          })
        }
      >
        <div className={css.fields}>
          <Select
            name="model"
            label={t.model}
            defaultValue={model}
            options={names.map((name): [string, string] => [name, name])}
          />
          <TextField
            name="key"
            label={t.key}
            hint={t.keyHint}
            defaultValue={search.key}
            maxLength={300}
          />
          <TextField
            name="at"
            label={t.at}
            hint={t.atHint}
            required={false}
            inputMode="numeric"
            pattern="[0-9]{1,18}"
            defaultValue={search.at}
          />
        </div>
      </Form>
    </Card>
  )
}

const Effect = ({ isLast }: { readonly isLast: boolean }) => {
  const t = useTexts(whyTexts)
  return <span>{isLast ? <Badge kind="good">{t.current}</Badge> : <Badge>{t.earlier}</Badge>}</span>
}

/** The events that changed a field, the last one first; without a field those of the document. */
const Makers = ({
  explained,
  chosen,
}: {
  readonly explained: Explained
  readonly chosen: JsonPath | undefined
}) => {
  const t = useTexts(whyTexts)
  const { precise } = useFormats()
  const { events, fields, model, key } = explained
  const pointer = pointerOf(chosen ?? [])
  const changedBy =
    chosen === undefined
      ? events.map((_, nth) => nth)
      : (fields.find(({ path }) => path === pointer)?.changedBy ?? [])
  const title = chosen === undefined ? t.allOf : t.madeBy(readablePath(chosen))
  const rows = changedBy
    .toReversed()
    .flatMap((nth) => (events[nth] === undefined ? [] : [events[nth]]))
  return (
    <section aria-label={title} aria-live="polite">
      <Stack>
        <h3>{title}</h3>
        {chosen === undefined && <Muted>{t.choose}</Muted>}
        <Table
          caption={title}
          rows={rows}
          keyOf={({ eventId }) => eventId}
          columns={[
            {
              head: t.event,
              cell: (row) => (
                <Stack tight>
                  <strong>{row.type}</strong>
                  {chosen !== undefined && <Effect isLast={row === rows[0]} />}
                  {isReadable(row.stream) && (
                    <Link
                      className={css.name}
                      to="/desk/streams/$id"
                      params={{ id: row.stream }}
                      search={{ at: row.revision }}
                    >
                      {row.stream}
                    </Link>
                  )}
                </Stack>
              ),
            },
            { head: t.time, cell: ({ at }) => <time dateTime={at}>{precise(at)}</time> },
            {
              head: t.position,
              cell: ({ position }) => (
                <Link to="/desk/why" search={{ model, key, at: position }} title={t.here}>
                  {position}
                </Link>
              ),
            },
          ]}
        />
      </Stack>
    </section>
  )
}

const Answer = ({ explained }: { readonly explained: Explained }) => {
  const t = useTexts(whyTexts)
  const [chosen, setChosen] = useState<JsonPath>()
  return (
    <Card title={t.document}>
      {!explained.exists && <Notice kind="warn">{t.removed}</Notice>}
      <div className={css.halves}>
        <DocumentTree
          document={explained.document}
          chosen={chosen}
          onChoose={(path) =>
            setChosen(chosen && pointerOf(chosen) === pointerOf(path) ? undefined : path)
          }
        />
        <Makers explained={explained} chosen={chosen} />
      </div>
    </Card>
  )
}

const Explanation = ({ model, docKey, at }: { model: string; docKey: string; at?: string }) => (
  <Loaded query={useQuery(whyQuery(model, docKey, at))} skeletons={3}>
    {(explained) => <Answer explained={explained} />}
  </Loaded>
)

const Content = () => {
  const t = useTexts(whyTexts)
  const search = route.useSearch()
  const { model = 'orders', key, at } = search
  return (
    <Stack>
      <Muted>{t.about}</Muted>
      <Question model={model} search={search} />
      {key !== undefined && (
        <Explanation
          key={JSON.stringify(search)}
          model={model}
          docKey={key}
          {...(at !== undefined && { at })}
        />
      )}
    </Stack>
  )
}

/** Why a document is as it is: each field points at the events that made it. */
const WhyPage = () => {
  const t = useTexts(whyTexts)
  return (
    <Desk title={t.title}>
      <Content />
    </Desk>
  )
}

export default WhyPage
