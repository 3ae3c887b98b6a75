import { Link } from '@tanstack/react-router'
import { Panel } from '../parts/ConsolePage'
import { ExecutionLink } from '../parts/ExecutionLink'
import { Money } from '../parts/Money'
import { StateLabel } from '../parts/StateLabel'
import classes from './Execution.module.css'
import type { Execution, Related } from './queries'
import { texts } from './texts'

/** The parent of an execution and its children, each with the way to its page. */
export function FamilyPanel({ execution: { parent, children } }: { execution: Execution }) {
  if (parent === null && children.length === 0) return null
  return (
    <Panel title={texts.family}>
      <ul className={classes.family}>
        {parent !== null && (
          <li>
            {texts.parent} <ExecutionLink {...parent} />
          </li>
        )}
        {children.map((child) => (
          <Child key={child.id} child={child} />
        ))}
      </ul>
    </Panel>
  )
}

function Child({ child }: { child: Related }) {
  const { machine, id, state, stateKind, amount, currency } = child
  return (
    <li>
      <Link to="/console/executions/$machine/$id" params={{ machine, id }}>
        {machine}
      </Link>
      <StateLabel kind={stateKind} state={state} />
      {amount !== null && currency !== null && (
        <span className={classes.amount}>
          <Money amount={amount} currency={currency} />
        </span>
      )}
    </li>
  )
}
