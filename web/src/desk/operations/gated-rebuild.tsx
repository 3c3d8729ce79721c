import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand, type Once } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Failure, useToast } from '../../ui/feedback.tsx'
import { Card, Row, Stack } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { projectionsKey, type Projection } from './operations-queries.ts'
import { RebuildReport } from './rebuild-report.tsx'
import { rebuildTexts } from './rebuild-texts.ts'

type Rebuild = NonNullable<Projection['rebuild']>
type Verb = 'switch' | 'compare' | 'discard'

const sent = (name: string, verb: Verb, once: Once) => {
  const options = { params: { path: { name } }, ...once }
  if (verb === 'switch')
    return run(api.POST('/api/v1/admin/projections/{name}/rebuild/switch', options))
  if (verb === 'compare')
    return run(api.POST('/api/v1/admin/projections/{name}/rebuild/compare', options))
  return run(api.DELETE('/api/v1/admin/projections/{name}/rebuild', options))
}

const Gate = ({ gate }: { readonly gate: NonNullable<Rebuild['gate']> }) => {
  const t = useTexts(rebuildTexts)
  const { number } = useFormats()
  const { maxDifferences, ignoredFields } = gate
  return (
    <p>
      {maxDifferences === undefined ? t.gateAsk : t.gateOf(number(maxDifferences))}{' '}
      {ignoredFields.length > 0 && t.ignores(ignoredFields.join(', '))}
    </p>
  )
}

/** A rebuild with a gate: how far it is, what it has found, and what an operator may do with it. */
export const GatedRebuild = ({
  projection: { name, generation },
  rebuild,
}: {
  readonly projection: Projection
  readonly rebuild: Rebuild
}) => {
  const t = useTexts(rebuildTexts)
  const { number } = useFormats()
  const toast = useToast()
  const [asked, setAsked] = useState<'switch' | 'discard'>()
  const { gate, state = 'building', report } = rebuild
  const steer = useCommand({
    send: (verb: Verb, once) => sent(name, verb, once),
    changes: [projectionsKey],
    onDone: (_, verb) => {
      setAsked(undefined)
      toast(t[`${verb}Requested`])
    },
  })
  const isOver = state === 'switching'
  return (
    <Card title={t.title(name)}>
      <Stack>
        <Row>
          <Badge kind={state === 'waiting' ? 'warn' : 'info'}>{t[state]}</Badge>
          <span>{t.answers(number(generation), number(rebuild.generation ?? 0))}</span>
        </Row>
        {gate && <Gate gate={gate} />}
        {report && <RebuildReport model={name} report={report} />}
        {!isOver && (
          <Row>
            <Button onClick={() => setAsked('switch')}>{t.switch}</Button>
            {state === 'waiting' && (
              <Button busy={steer.isPending} onClick={() => steer.mutate('compare')}>
                {t.compare}
              </Button>
            )}
            <Button look="quiet" onClick={() => setAsked('discard')}>
              {t.discard}
            </Button>
          </Row>
        )}
        {steer.error && asked === undefined && <Failure error={steer.error} />}
      </Stack>
      <Confirm
        title={asked === 'discard' ? t.discardTitle(name) : t.switchTitle(name)}
        isOpen={asked !== undefined}
        onClose={() => setAsked(undefined)}
        onConfirm={() => asked && steer.mutate(asked)}
        confirmLabel={asked === 'discard' ? t.discard : t.switch}
        look={asked === 'discard' ? 'danger' : 'primary'}
        busy={steer.isPending}
        error={steer.error}
      >
        <p>{asked === 'discard' ? t.discardText : t.switchText}</p>
      </Confirm>
    </Card>
  )
}
