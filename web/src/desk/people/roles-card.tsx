import { api, run, type BodyOf } from '../../api/client.ts'
import { useCommand } from '../../api/use-command.ts'
import { useTexts } from '../../i18n/language.tsx'
import { useToast } from '../../ui/feedback.tsx'
import { Checkbox, Form } from '../../ui/form.tsx'
import { Card, Muted } from '../../ui/layout.tsx'
import { roles } from './people-filter.ts'
import type { Account } from './people-queries.ts'
import { peopleTexts } from './texts.ts'

type Roles = NonNullable<BodyOf<'/api/v1/admin/users/{id}', 'patch'>['roles']>

/** Grants and revokes the roles of an account. */
export const RolesCard = ({ account: { id, roles: held } }: { readonly account: Account }) => {
  const t = useTexts(peopleTexts)
  const toast = useToast()
  const change = useCommand({
    send: (wanted: Roles, once) =>
      run(
        api.PATCH('/api/v1/admin/users/{id}', {
          params: { path: { id } },
          body: { roles: wanted },
          ...once,
        }),
      ),
    onDone: () => toast(t.rolesSaved),
  })
  return (
    <Card title={t.roles}>
      <Form
        key={held.join()}
        label={t.roles}
        busy={change.isPending}
        error={change.error}
        submitLabel={t.saveRoles}
        onSubmit={(values) => change.mutate(roles.filter((one) => values.ticked(one)))}
      >
        {roles.map((one) => (
          <Checkbox
            key={one}
            name={one}
            field="roles"
            label={t.roleName(one)}
            defaultChecked={held.includes(one)}
          />
        ))}
        <Muted>{t.rolesHint}</Muted>
      </Form>
    </Card>
  )
}
