import { Button } from '../parts/Button'
import { Panel } from '../parts/ConsolePage'
import type { Change } from './changes'
import classes from './People.module.css'
import { type Person, ROLES } from './queries'
import { RoleTags } from './RoleTags'
import { texts } from './texts'

type RolesPanelProps = {
  person: Person
  refusal: string | null
  onChange: (change: Change) => void
}

/** The roles: what each permits, and whether the person has it. */
export function RolesPanel({ person, refusal, onChange }: RolesPanelProps) {
  const { roles } = texts
  return (
    <Panel title={roles.title}>
      <ul className={classes.roles}>
        {ROLES.map((role) => {
          const has = person.roles.includes(role)
          return (
            <li key={role}>
              <div>
                <RoleTags roles={[role]} />
                {has && ` ${roles.has}`}
                <p>{roles[role]}</p>
              </div>
              <Button
                label={has ? roles.revokeRole(role) : roles.grantRole(role)}
                refusal={refusal}
                onClick={() => onChange({ kind: has ? 'revoke' : 'grant', role })}
              >
                {has ? roles.revoke : roles.grant}
              </Button>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
