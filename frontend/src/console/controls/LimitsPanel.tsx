import { useState } from 'react'
import { call } from '../../api/client'
import type { ControlsView, LimitView } from '../../api/types'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { Panel } from '../parts/ConsolePage'
import { Count } from '../parts/Count'
import { ScrollRegion } from '../parts/ScrollRegion'
import { useQuestion } from '../parts/useQuestion'
import classes from './Controls.module.css'
import { LimitDialog } from './LimitDialog'
import { texts } from './texts'

const { limits } = texts

/** The limits of providers in force, with the calls that are not made yet. */
export function LimitsPanel({ controls }: { controls: ControlsView }) {
  const refusal = useRefusal('admin')
  const [edited, setEdited] = useState<LimitView | 'new' | null>(null)
  return (
    <Panel
      title={limits.title}
      actions={
        <Button refusal={refusal} onClick={() => setEdited('new')}>
          {limits.set}
        </Button>
      }
    >
      {controls.limits.length === 0 ? (
        <p className={classes.none}>{limits.none}</p>
      ) : (
        <ScrollRegion label={limits.title} className={classes.scroller}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{limits.provider}</th>
                <th scope="col">{limits.rate}</th>
                <th scope="col">{limits.burst}</th>
                <th scope="col">{limits.atOnce}</th>
                <th scope="col">{limits.waiting}</th>
                <th scope="col">
                  <span className="visually-hidden">{limits.actions}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {controls.limits.map((limit) => (
                <tr key={limit.provider}>
                  <th scope="row">{limit.provider}</th>
                  <td>{limit.perSecond ?? limits.noLimit}</td>
                  <td>{limit.perSecond === null ? limits.noLimit : limit.burst}</td>
                  <td>{limit.atOnce ?? limits.noLimit}</td>
                  <td>
                    <Count value={limit.waiting} />
                  </td>
                  <td>
                    <div className={classes.buttons}>
                      <Button refusal={refusal} onClick={() => setEdited(limit)}>
                        {limits.change}
                      </Button>
                      <RemoveButton provider={limit.provider} />
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      {edited !== null && (
        <LimitDialog
          limit={edited === 'new' ? null : edited}
          providers={controls.targets
            .filter(({ kind }) => kind === 'provider')
            .map(({ name }) => name)}
          onClose={() => setEdited(null)}
        />
      )}
    </Panel>
  )
}

function RemoveButton({ provider }: { provider: string }) {
  const refusal = useRefusal('admin')
  const [isAsking, setAsking] = useState(false)
  const question = useQuestion({
    name: `remove ${provider}`,
    run: ({ reason }) =>
      call('DELETE /admin/controls/limits/{provider}', { path: { provider }, query: { reason } }),
    describe: () => limits.removed(provider),
    onClose: () => setAsking(false),
  })
  const { title, lead, confirm } = texts.removeDialog
  return (
    <>
      <Button refusal={refusal} onClick={() => setAsking(true)}>
        {limits.remove}
      </Button>
      {isAsking && (
        <ConfirmDialog question={question} title={title(provider)} confirm={confirm}>
          <p>{lead}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
