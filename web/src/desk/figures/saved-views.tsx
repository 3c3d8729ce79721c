import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { common } from '../../i18n/common.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Form, TextField } from '../../ui/form.tsx'
import { Card, List, Muted, Row } from '../../ui/layout.tsx'
import type { DashboardSearch } from './dashboard-search.ts'
import { savedViews, withView, type SavedView } from './saved-views.ts'
import { figureTexts } from './texts.ts'

/** Views of the dashboard that are saved in this browser. @param props.search the present view */
export const SavedViews = ({ search }: { readonly search: DashboardSearch }) => {
  const t = useTexts(figureTexts)
  const { delete: remove } = useTexts(common)
  const [views, setViews] = useState(savedViews.read)
  const change = (next: readonly SavedView[]): void => {
    savedViews.write(next)
    setViews(next)
  }
  return (
    <Card title={t.saved}>
      <Muted>{t.savedAbout}</Muted>
      {views.length === 0 ? (
        <Muted>{t.noViews}</Muted>
      ) : (
        <List label={t.saved}>
          {views.map((view) => (
            <li key={view.name}>
              <Row between>
                <Link to="/desk/dashboard" search={view.search}>
                  {view.name}
                </Link>
                <Button
                  small
                  look="quiet"
                  aria-label={t.forget(view.name)}
                  onClick={() => change(views.filter((one) => one !== view))}
                >
                  {remove}
                </Button>
              </Row>
            </li>
          ))}
        </List>
      )}
      <Form
        label={t.saved}
        submitLabel={t.keep}
        busy={false}
        onSubmit={(values, form) => {
          change(withView(views, { name: values.text('name'), search }))
          form.reset()
        }}
      >
        <TextField name="name" label={t.name} maxLength={60} />
      </Form>
    </Card>
  )
}
