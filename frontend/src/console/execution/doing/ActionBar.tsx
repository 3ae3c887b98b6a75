import { useRoleRefusal } from '../../frame/me'
import { Button } from '../../parts/Button'
import { Dropdown, DropdownItem } from '../../parts/Dropdown'
import type { Execution, Order } from '../queries'
import { useExecutionSearch } from '../search'
import classes from '../Why.module.css'
import { ActionDialog } from './ActionDialog'
import { listActions, refusalOf } from './actions'
import { texts } from './texts'

type ActionBarProps = { execution: Execution; order: Order | undefined }

/** What can be done with an execution: its own actions as buttons, raw signals in a menu. */
export function ActionBar({ execution, order }: ActionBarProps) {
  const [search, change] = useExecutionSearch()
  const roleRefusal = useRoleRefusal()
  const actions = listActions(execution, order)
  // The URL holds what is open, so that a session that ends meanwhile leads back to it.
  const open = (signal: string) => change({ do: signal }, { replace: false })
  const close = () => change({ do: undefined })
  const served = actions.filter(({ isRaw }) => !isRaw)
  const raw = actions.filter(({ isRaw, allowed }) => isRaw && allowed)
  const chosen = actions.find(({ signal }) => signal === search.do)
  return (
    <>
      <div className={classes.bar} role="group" aria-label={texts.title}>
        {served.map((action) => (
          <Button
            key={action.signal}
            refusal={refusalOf(action, roleRefusal(action.role))}
            onClick={() => open(action.signal)}
          >
            {action.verb}
          </Button>
        ))}
        {raw.length > 0 && (
          <Dropdown label={texts.others} trigger={texts.others}>
            {raw.map((action) => (
              <DropdownItem
                key={action.signal}
                hint={action.target ?? undefined}
                onSelect={() => open(action.signal)}
              >
                {action.signal}
              </DropdownItem>
            ))}
          </Dropdown>
        )}
      </div>
      {chosen !== undefined && (
        <ActionDialog
          key={chosen.signal}
          action={chosen}
          refusal={roleRefusal(chosen.role)}
          execution={execution}
          order={order}
          onClose={close}
        />
      )}
    </>
  )
}
