import { ConfirmDialog } from '../../parts/ConfirmDialog'
import { useAction } from '../../parts/useAction'
import { useRoleRefusal } from '../doing/ActionBar'
import { useDraft } from '../doing/useDraft'
import type { Execution } from '../queries'
import { useExecutionSearch } from '../search'
import { type Activity, readRemedy, type Remedy, ROLES } from './can'
import { sendRemedy } from './send'
import { texts } from './texts'

const ID_LENGTH = 8
const GRAVE: ReadonlySet<Remedy> = new Set(['abandon', 'cancel', 'pause'])

/** The question before something is done about a call or a message, when the URL asks for it. */
export function RemedyDialog({ execution }: { execution: Execution }) {
  const [search, change] = useExecutionSearch()
  const remedy = readRemedy(search.do)
  const activity = execution.activities.find(({ id }) => id === search.on)
  const message = execution.signalsReceived.find(({ id }) => id === search.on)
  const name = activity?.name ?? message?.kind
  if (remedy === undefined || name === undefined || search.on === undefined) return null
  return (
    <OpenDialog
      key={`${remedy} ${search.on}`}
      remedy={remedy}
      id={search.on}
      name={name}
      activity={activity}
      onClose={() => change({ do: undefined, on: undefined })}
    />
  )
}

type OpenDialogProps = {
  remedy: Remedy
  id: string
  name: string
  activity: Activity | undefined
  onClose: () => void
}

function OpenDialog({ remedy, id, name, activity, onClose }: OpenDialogProps) {
  const { draft, change, forget } = useDraft(`${remedy} ${id}`)
  const roleRefusal = useRoleRefusal()
  const verb = texts.verbs[remedy]
  const unknownOutcomes = activity?.unknownOutcomes ?? 0
  const send = useAction({
    run: () =>
      sendRemedy({ remedy, id, name, reason: draft.reason.trim(), mayBeSent: unknownOutcomes > 0 }),
    describe: () => texts.done(verb, name),
    onDone: () => {
      forget()
      onClose()
    },
    isQuiet: true,
  })
  const isGrave = GRAVE.has(remedy)
  return (
    <ConfirmDialog
      title={`${verb}: ${name}`}
      confirm={verb}
      danger={isGrave ? 'grave' : 'plain'}
      reason={isGrave || remedy === 'replay' ? 'required' : 'optional'}
      typed={remedy === 'abandon' ? id.slice(0, ID_LENGTH) : undefined}
      draft={{ reason: draft.reason, onReason: (reason) => change({ reason }) }}
      isBusy={send.isPending}
      error={send.error}
      refusal={roleRefusal({ role: ROLES[remedy] })}
      onConfirm={() => send.mutate(null)}
      onClose={() => {
        forget()
        onClose()
      }}
    >
      <p>{texts.leads[remedy]}</p>
      {unknownOutcomes > 0 && <p>{texts.noAnswer(unknownOutcomes)}</p>}
    </ConfirmDialog>
  )
}
