import { useState } from 'react'
import { api, run } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { common } from '../../i18n/common.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useToast } from '../../ui/feedback.tsx'
import { Form, Radios, TextField, type Values } from '../../ui/form.tsx'
import { List } from '../../ui/layout.tsx'
import { projectionsKey, type Projection } from './operations-queries.ts'
import { projectionsTexts } from './projections-texts.ts'
import { rebuildTexts } from './rebuild-texts.ts'

/** A gate, as a request has it; empty for none. */
type Gate = {
  readonly shadow?: true
  readonly allowDiff?: number
  readonly ignoreFields?: string[]
}

const gateOf = (values: Values): Gate => {
  const allowDiff = values.number('allowDiff')
  const fields = values
    .text('ignoreFields')
    .split(',')
    .map((field) => field.trim())
    .filter((field) => field !== '')
  return {
    shadow: true,
    ...(allowDiff !== undefined && { allowDiff }),
    ...(fields.length > 0 && { ignoreFields: fields }),
  }
}

/** Asks how a projection is rebuilt, and says before what it does: switched at once, or compared and kept beside the live one. */
export const RebuildDialog = ({
  projection,
  isOpen,
  onClose,
}: {
  readonly projection: Projection
  readonly isOpen: boolean
  readonly onClose: () => void
}) => {
  const t = useTexts(projectionsTexts)
  const r = useTexts(rebuildTexts)
  const { cancel } = useTexts(common)
  const { number } = useFormats()
  const toast = useToast()
  const [waits, setWaits] = useState(false)
  const { name, generation, head, declaredStore, store } = projection
  const rebuild = useCommand({
    send: (gate: Gate, once) =>
      run(
        api.POST('/api/v1/admin/projections/{name}/rebuild', {
          params: { path: { name } },
          ...once,
          body: gate,
        }),
      ),
    changes: [projectionsKey],
    onDone: () => {
      onClose()
      toast(t.requestedRebuild(name))
    },
  })
  return (
    <Dialog title={t.rebuildTitle(name)} isOpen={isOpen} onClose={onClose}>
      <List>
        <li>
          {t.rebuildSteps(
            number(generation + 1),
            number(Number(head)),
            declaredStore === undefined ? store : 'postgres',
          )}
        </li>
        <li>{t.rebuildReads}</li>
        <li>{waits ? r.waitAbout : t.rebuildSwitch}</li>
        <li>{t.rebuildOld}</li>
      </List>
      <Form
        label={t.rebuildTitle(name)}
        submitLabel={t.rebuild}
        busy={rebuild.isPending}
        error={rebuild.error}
        actions={<Button onClick={onClose}>{cancel}</Button>}
        onSubmit={(values) => rebuild.mutate(waits ? gateOf(values) : {})}
      >
        <Radios
          name="how"
          label={r.how}
          options={[
            ['switch', r.atOnce],
            ['wait', r.wait],
          ]}
          defaultValue={waits ? 'wait' : 'switch'}
          onChange={(how) => setWaits(how === 'wait')}
        />
        {waits && (
          <>
            <TextField
              name="allowDiff"
              type="number"
              min={0}
              step={1}
              label={r.allowDiff}
              hint={r.allowDiffHint}
              required={false}
            />
            <TextField
              name="ignoreFields"
              label={r.ignoreFields}
              hint={r.ignoreFieldsHint}
              required={false}
            />
          </>
        )}
      </Form>
    </Dialog>
  )
}
