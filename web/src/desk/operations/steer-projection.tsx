import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Failure, useToast } from '../../ui/feedback.tsx'
import { Row } from '../../ui/layout.tsx'
import { projectionsKey, type Projection } from './operations-queries.ts'
import { projectionsTexts } from './projections-texts.ts'
import { RebuildDialog } from './rebuild-dialog.tsx'

const paths = {
  pause: '/api/v1/admin/projections/{name}/pause',
  resume: '/api/v1/admin/projections/{name}/resume',
} as const

/** The commands of a projection: rebuild, pause, resume. The first two say before what they do. */
export const SteerProjection = ({ projection }: { readonly projection: Projection }) => {
  const t = useTexts(projectionsTexts)
  const toast = useToast()
  const { name, status } = projection
  const [asked, setAsked] = useState<'rebuild' | 'pause'>()
  const said = {
    pause: t.requestedPause(name),
    resume: t.requestedResume(name),
  }
  const steer = useCommand({
    send: (verb: keyof typeof paths, once) =>
      run(api.POST(paths[verb], { params: { path: { name } }, ...once })),
    changes: [projectionsKey],
    onDone: (_, verb) => {
      setAsked(undefined)
      toast(said[verb])
    },
  })
  const isPaused = status === 'paused'
  return (
    <>
      <Row>
        <Button
          small
          aria-label={t.of(t.rebuild, name)}
          aria-disabled={projection.rebuild !== undefined || undefined}
          onClick={() => projection.rebuild === undefined && setAsked('rebuild')}
        >
          {t.rebuild}
        </Button>
        <Button
          small
          look="quiet"
          busy={steer.isPending}
          aria-label={t.of(isPaused ? t.resume : t.pause, name)}
          onClick={() => (isPaused ? steer.mutate('resume') : setAsked('pause'))}
        >
          {isPaused ? t.resume : t.pause}
        </Button>
      </Row>
      {steer.error && asked === undefined && <Failure error={steer.error} />}
      <RebuildDialog
        projection={projection}
        isOpen={asked === 'rebuild'}
        onClose={() => setAsked(undefined)}
      />
      <Confirm
        title={t.pauseTitle(name)}
        isOpen={asked === 'pause'}
        onClose={() => setAsked(undefined)}
        onConfirm={() => steer.mutate('pause')}
        confirmLabel={t.pause}
        look="primary"
        busy={steer.isPending}
        error={steer.error}
      >
        <p>{t.pauseText}</p>
      </Confirm>
    </>
  )
}
