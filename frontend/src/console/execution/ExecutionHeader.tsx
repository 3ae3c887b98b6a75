import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Dialog } from '../../ui/Dialog'
import { Button } from '../parts/Button'
import { ChevronRightIcon, CopyIcon, ExternalIcon } from '../parts/icons'
import { Dropdown, DropdownItem } from '../parts/Dropdown'
import { orderNumber } from '../parts/Id'
import { JsonView } from '../parts/JsonView'
import { Money } from '../parts/Money'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import { copyText } from './copy'
import { CustomerView } from './order/CustomerView'
import classes from './Execution.module.css'
import type { Execution, Order } from './queries'
import { texts } from './texts'

const MAX_KEY_LENGTH = 40

/** The heading: the machine, the key and the state. */
export function ExecutionHeading({ execution }: { execution: Execution }) {
  const { machine, key, state, stateKind } = execution
  return (
    <span className={classes.heading}>
      <span className={classes.crumbs}>
        <Link to="/console/executions" search={{ machine }}>
          {machine}
        </Link>
        <ChevronRightIcon size={12} />
        <span className={classes.key} title={key}>
          {key.length > MAX_KEY_LENGTH ? `${key.slice(0, MAX_KEY_LENGTH)}…` : key}
        </span>
      </span>
      <StateLabel kind={stateKind} state={state} />
    </span>
  )
}

/** The line below the heading: version, customer, amount, age. */
export function ExecutionLead({ execution }: { execution: Execution }) {
  const { machine, id, version, customer, amount, currency, updatedAt, createdAt } = execution
  return (
    <span className={classes.lead}>
      {machine === 'order' && <span className={classes.ink}>{texts.number(orderNumber(id))}</span>}
      <span title={texts.versionHint(version)}>{texts.version(version)}</span>
      {customer !== null && <span className={classes.ink}>{customer.email}</span>}
      {amount !== null && currency !== null && (
        <span className={classes.ink}>
          <Money amount={amount} currency={currency} />
        </span>
      )}
      <span>
        {texts.created} <Time at={createdAt} />
      </span>
      <span>
        {texts.changed} <Time at={updatedAt} />
      </span>
    </span>
  )
}

type ToolsProps = { execution: Execution; order: Order | undefined }

/** The tools beside the heading: copy, JSON, links elsewhere, the customer's view. */
export function ExecutionTools({ execution, order }: ToolsProps) {
  const [open, setOpen] = useState<'json' | 'customer' | null>(null)
  const close = () => setOpen(null)
  const { machine, key, id, links } = execution
  return (
    <>
      {links.length > 0 && (
        <Dropdown align="end" label={texts.links} trigger={<ExternalIcon size={14} />}>
          {links.map(({ label, url }) => (
            <DropdownItem
              key={label}
              render={(props) => (
                <a href={url} target="_blank" rel="noreferrer" {...props}>
                  {label}
                </a>
              )}
            >
              {label}
            </DropdownItem>
          ))}
        </Dropdown>
      )}
      <Dropdown
        align="end"
        label={texts.copyLabel}
        trigger={
          <>
            <CopyIcon size={14} />
            {texts.copyKey}
          </>
        }
      >
        <DropdownItem onSelect={() => void copyText(key)}>{texts.copyItems.key}</DropdownItem>
        <DropdownItem onSelect={() => void copyText(id)}>{texts.copyItems.id}</DropdownItem>
        <DropdownItem onSelect={() => void copyText(location.href)}>
          {texts.copyItems.link}
        </DropdownItem>
      </Dropdown>
      <Button onClick={() => setOpen('json')}>{texts.json}</Button>
      {order !== undefined && (
        <Button onClick={() => setOpen('customer')}>{texts.asCustomer}</Button>
      )}
      {open === 'json' && (
        <Dialog title={texts.json} onClose={close}>
          <JsonView value={execution} fileName={`${machine}-${id}.json`} />
        </Dialog>
      )}
      {open === 'customer' && order !== undefined && (
        <Dialog title={texts.asCustomerTitle} onClose={close}>
          <CustomerView order={order.customerView} />
        </Dialog>
      )}
    </>
  )
}
