import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { isStatus } from '../../api/problem'
import { LoadError } from '../../ui/LoadError'
import { useLiveQuery } from '../live/polled'
import { Button } from '../parts/Button'
import { ConsolePage } from '../parts/ConsolePage'
import { StateLabel } from '../parts/StateLabel'
import { ThingState } from '../parts/ThingState'
import { ChangeDialog } from './ChangeDialog'
import type { Change } from './changes'
import classes from './People.module.css'
import { PersonFacts } from './PersonFacts'
import { PersonHistory } from './PersonHistory'
import { type Person, personQuery, STATUS_KINDS } from './queries'
import { RolesPanel } from './RolesPanel'
import { RoleTags } from './RoleTags'
import { SessionsPanel } from './SessionsPanel'
import { texts } from './texts'
import { useRefusals } from './useRefusals'

/** The page of one person. */
export function PersonPage() {
  const { id } = useParams({ from: '/console/people/$id' })
  const { data, error, refetch } = useLiveQuery(personQuery(id))
  if (data === undefined || data.id !== id) {
    return (
      <ThingState
        title={texts.person}
        error={error}
        missing={texts.missing}
        missingLead={texts.missingLead}
        onRetry={() => void refetch()}
      />
    )
  }
  const isGone = isStatus(error, 404)
  return (
    <>
      {error !== null && !isGone && <LoadError error={error} onRetry={() => void refetch()} />}
      <PersonView key={id} person={data} />
    </>
  )
}

function PersonView({ person }: { person: Person }) {
  const [change, setChange] = useState<Change | null>(null)
  const refusals = useRefusals(person)
  return (
    <ConsolePage
      title={person.email}
      heading={
        <span className={classes.heading}>
          {person.email}
          <StateLabel kind={STATUS_KINDS[person.status]} state={person.status} />
          <RoleTags roles={person.roles} />
        </span>
      }
      actions={<Actions person={person} refusals={refusals} onChange={setChange} />}
    >
      <div className={classes.columns}>
        <div className={classes.side}>
          <PersonFacts person={person} />
          <RolesPanel person={person} refusal={refusals.roles} onChange={setChange} />
        </div>
        <div className={classes.main}>
          <SessionsPanel person={person} refusal={refusals.sessions} onChange={setChange} />
          <PersonHistory person={person} />
        </div>
      </div>
      {change !== null && (
        <ChangeDialog person={person} change={change} onClose={() => setChange(null)} />
      )}
    </ConsolePage>
  )
}

type ActionsProps = {
  person: Person
  refusals: ReturnType<typeof useRefusals>
  onChange: (change: Change) => void
}

/** The buttons of what can be done to a person. */
function Actions({ person, refusals, onChange }: ActionsProps) {
  return (
    <>
      <Button refusal={refusals.export} onClick={() => onChange({ kind: 'export' })}>
        {texts.export}
      </Button>
      {person.status === 'Suspended' ? (
        <Button refusal={refusals.reinstate} onClick={() => onChange({ kind: 'reinstate' })}>
          {texts.reinstate}
        </Button>
      ) : (
        <Button refusal={refusals.suspend} onClick={() => onChange({ kind: 'suspend' })}>
          {texts.suspend}
        </Button>
      )}
      <Button kind="danger" refusal={refusals.erase} onClick={() => onChange({ kind: 'erase' })}>
        {texts.erase}
      </Button>
    </>
  )
}
