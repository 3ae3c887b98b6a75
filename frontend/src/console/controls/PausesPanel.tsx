import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/client'
import type { ControlsView, PauseView } from '../../api/types'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { Panel } from '../parts/ConsolePage'
import { Count } from '../parts/Count'
import { PauseIcon } from '../parts/icons'
import { Time } from '../parts/Time'
import { useQuestion } from '../parts/useQuestion'
import classes from './Controls.module.css'
import { PauseDialog } from './PauseDialog'
import { keyOf } from './targets'
import { texts } from './texts'

const route = getRouteApi('/console/controls')
/** The question what to pause, without an answer. */
const ANY = 'something'

/** The pauses in force: what, by whom, why and since when, and what waits because of each. */
export function PausesPanel({ controls }: { controls: ControlsView }) {
  const refusal = useRefusal('admin')
  const { pause: question } = route.useSearch()
  const navigate = route.useNavigate()
  const ask = (target: string | undefined) =>
    void navigate({ search: { pause: target }, replace: true })
  // Whoever was led here to pause it sees that it is done.
  const isPaused = controls.pauses.some((pause) => keyOf(pause) === question)
  const { pauses } = texts
  return (
    <Panel
      title={pauses.title}
      actions={
        <Button refusal={refusal} onClick={() => ask(ANY)}>
          {pauses.add}
        </Button>
      }
    >
      {controls.pauses.length === 0 ? (
        <p className={classes.none}>{pauses.none}</p>
      ) : (
        <ul className={classes.pauses}>
          {controls.pauses.map((pause) => (
            <PauseItem key={`${pause.kind} ${pause.name}`} pause={pause} />
          ))}
        </ul>
      )}
      {question !== undefined && refusal === null && !isPaused && (
        <PauseDialog
          key={question}
          controls={controls}
          first={question === ANY ? undefined : question}
          onClose={() => ask(undefined)}
        />
      )}
    </Panel>
  )
}

function PauseItem({ pause }: { pause: PauseView }) {
  const { kind, name, reason, actor, actorEmail, pausedAt, activities, waiting } = pause
  const { pauses, kinds } = texts
  return (
    <li className={classes.pause}>
      <PauseIcon />
      <div className={classes.words}>
        <p>
          {kinds[kind]} <strong>{name}</strong>: {reason}
        </p>
        <p className={classes.facts}>
          {pauses.who(actorEmail ?? actor)}, <Time at={pausedAt} show="full" />
        </p>
        <p className={classes.facts}>
          {pauses.holds}{' '}
          {activities.map((activity, index) => (
            <span key={activity}>
              {index > 0 && ', '}
              <Link to="/console/activities" search={{ name: activity }}>
                {activity}
              </Link>
            </span>
          ))}
        </p>
      </div>
      <p className={classes.waiting}>
        <strong>
          <Count value={waiting} />
        </strong>
        {pauses.waiting}
      </p>
      <ResumeButton pause={pause} />
    </li>
  )
}

function ResumeButton({ pause: { kind, name } }: { pause: PauseView }) {
  const refusal = useRefusal('admin')
  const [isAsking, setAsking] = useState(false)
  const question = useQuestion({
    name: `resume ${kind} ${name}`,
    run: ({ reason }) =>
      call('POST /admin/controls/resume', {
        body: { kind, name, reason: reason === '' ? null : reason },
      }),
    describe: () => texts.pauses.resumed(name),
    onClose: () => setAsking(false),
  })
  const { title, lead, confirm } = texts.resumeDialog
  return (
    <>
      <Button refusal={refusal} onClick={() => setAsking(true)}>
        {texts.pauses.resume}
      </Button>
      {isAsking && (
        <ConfirmDialog question={question} title={title(name)} confirm={confirm} reason="optional">
          <p>{lead}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
