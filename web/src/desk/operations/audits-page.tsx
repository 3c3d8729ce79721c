import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded, Progress, useToast } from '../../ui/feedback.tsx'
import { Checkbox, Form, Select } from '../../ui/form.tsx'
import { Card, List, Muted, Stack, Table } from '../../ui/layout.tsx'
import { Badge, type Kind } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { useDeskTexts } from '../texts.ts'
import { auditsTexts } from './audits-texts.ts'
import { auditsKey, auditsQuery, type Audit } from './operations-queries.ts'

/** Intervals in which audits are read again, in ms: while one is under way, and otherwise. */
const intervals = { running: 1_000, usual: 15_000 }

const isUnderWay = ({ state }: Audit): boolean => state === 'running' || state === 'requested'

const RequestAudit = ({ names }: { readonly names: readonly string[] }) => {
  const t = useTexts(auditsTexts)
  const toast = useToast()
  const request = useCommand({
    send: (body: { readonly names?: string[]; readonly all: boolean }, once) =>
      run(api.POST('/api/v1/admin/audits', { ...once, body })),
    changes: [auditsKey],
    onDone: () => toast(t.requested),
  })
  return (
    <Card title={t.request}>
      <Form
        label={t.request}
        submitLabel={t.request}
        busy={request.isPending}
        error={request.error}
        onSubmit={(values) => {
          const name = values.given('name')
          request.mutate({
            ...(name !== undefined && { names: [name] }),
            all: values.ticked('all'),
          })
        }}
      >
        <Select
          name="name"
          label={t.projection}
          required={false}
          options={[['', t.all], ...names.map((name) => [name, name] as const)]}
        />
        <Checkbox name="all" label={t.whole} />
      </Form>
    </Card>
  )
}

const State = ({ audit: { state, progress, detail, open } }: { readonly audit: Audit }) => {
  const t = useTexts(auditsTexts)
  const { percent } = useFormats()
  const names = {
    never: t.never,
    requested: t.requestedState,
    running: t.running,
    audited: t.audited,
    superseded: t.superseded,
    failed: t.failed,
  }
  const kinds: Readonly<Record<Audit['state'], Kind | 'neutral'>> = {
    never: 'neutral',
    requested: 'info',
    running: 'info',
    audited: open.length === 0 ? 'good' : 'bad',
    superseded: 'neutral',
    failed: 'bad',
  }
  return (
    <Stack tight>
      <Badge kind={kinds[state]}>{names[state]}</Badge>
      {progress && <Progress label={t.progress(percent(progress.share))} share={progress.share} />}
      {detail !== undefined && <Muted>{detail}</Muted>}
    </Stack>
  )
}

const Findings = ({ audit: { findings } }: { readonly audit: Audit }) => {
  const t = useTexts(auditsTexts)
  const { number } = useFormats()
  if (!findings) return <>–</>
  const { isWhole, looked, same, different, missing, orphans, sumsOnly } = findings
  return (
    <Stack tight>
      <span>
        {isWhole ? t.wholeAudit : t.sample}: {t.compared(number(looked), number(same))}
      </span>
      {different + missing + orphans + sumsOnly > 0 && (
        <strong>
          {t.bad(number(different), number(missing), number(orphans), number(sumsOnly))}
        </strong>
      )}
    </Stack>
  )
}

const Open = ({ audit: { open, mend } }: { readonly audit: Audit }) => {
  const t = useTexts(auditsTexts)
  if (open.length === 0) return <>{t.none}</>
  return (
    <Stack tight>
      <List label={t.open}>
        {open.map(({ key, kind, fields }) => (
          <li key={`${key} ${kind}`}>
            <code>{key}</code> {t[kind]} {fields.length > 0 && <Muted>{fields.join(', ')}</Muted>}
          </li>
        ))}
      </List>
      {mend && <Link to="/desk/projections">{t.mend}</Link>}
    </Stack>
  )
}

const Audits = () => {
  const t = useTexts(auditsTexts)
  const query = useQuery({
    ...auditsQuery,
    refetchInterval: ({ state }) =>
      state.data?.audits.some(isUnderWay) ? intervals.running : intervals.usual,
  })
  return (
    <>
      <Muted>{t.about}</Muted>
      <Loaded query={query} skeletons={2}>
        {({ audits }) => (
          <>
            <RequestAudit names={audits.map(({ name }) => name)} />
            <Table
              caption={t.audits}
              rows={audits}
              keyOf={({ name }) => name}
              columns={[
                { head: t.projection, cell: ({ name }) => <strong>{name}</strong> },
                { head: t.state, cell: (audit) => <State audit={audit} /> },
                { head: t.findings, cell: (audit) => <Findings audit={audit} /> },
                { head: t.open, cell: (audit) => <Open audit={audit} /> },
                { head: t.at, cell: ({ at }) => (at === undefined ? '–' : <Ago at={at} />) },
              ]}
            />
          </>
        )}
      </Loaded>
    </>
  )
}

/** Audits of the projections against the log: progress, findings, and the request of one. */
const AuditsPage = () => {
  const t = useDeskTexts()
  return (
    <Desk title={t.pages.audits}>
      <Audits />
    </Desk>
  )
}

export default AuditsPage
