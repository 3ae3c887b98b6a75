import { Link } from '@tanstack/react-router'
import type { UserLogin, UserOrder } from '../../api/types'
import { PERSON_AUDIT_COLUMNS } from '../audit/columns'
import { Panel } from '../parts/ConsolePage'
import { Copyable } from '../parts/Copyable'
import { NumberedKey, ShortId } from '../parts/Id'
import { ConsoleLink } from '../parts/Links'
import { MiniTable } from '../parts/MiniTable'
import { Money } from '../parts/Money'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import classes from './People.module.css'
import { LOGIN_KINDS, ORDER_KINDS, type Person } from './queries'
import { texts } from './texts'

const { orders, logins, audit } = texts

/** The newest orders and logins of a person, and what was changed by hand. */
export function PersonHistory({ person }: { person: Person }) {
  return (
    <>
      <div className={classes.pair}>
        <Panel title={orders.title}>
          <MiniTable
            caption={orders.title}
            columns={ORDER_COLUMNS}
            rows={person.orders}
            idOf={({ id }) => id}
            empty={orders.empty}
          />
        </Panel>
        <Panel title={logins.title}>
          <MiniTable
            caption={logins.title}
            columns={LOGIN_COLUMNS}
            rows={person.logins}
            idOf={({ id }) => id}
            empty={logins.empty}
          />
        </Panel>
      </div>
      <Panel
        title={audit.title}
        actions={
          <Link to="/console/audit" search={{ subject: person.id }}>
            {audit.all}
          </Link>
        }
      >
        <MiniTable
          caption={audit.title}
          columns={PERSON_AUDIT_COLUMNS}
          rows={person.audit}
          idOf={({ id }) => id}
          empty={audit.empty}
        />
      </Panel>
    </>
  )
}

const ORDER_COLUMNS: readonly Column<UserOrder>[] = [
  {
    key: 'reference',
    label: orders.reference,
    render: ({ id, reference }) => (
      <ConsoleLink url={`/console/executions/order/${id}`}>
        <NumberedKey id={id}>{reference}</NumberedKey>
      </ConsoleLink>
    ),
  },
  {
    key: 'state',
    label: orders.state,
    render: ({ state }) => <StateLabel kind={ORDER_KINDS[state]} state={state} />,
  },
  {
    key: 'total',
    label: orders.total,
    align: 'end',
    render: ({ total, currency }) => <Money amount={total} currency={currency} />,
  },
  { key: 'created', label: orders.created, render: ({ createdAt }) => <Time at={createdAt} /> },
]

const LOGIN_COLUMNS: readonly Column<UserLogin>[] = [
  {
    key: 'login',
    label: logins.login,
    render: ({ id }) => (
      <Copyable text={id}>
        <ConsoleLink url={`/console/executions/login/${id}`}>
          <ShortId id={id} />
        </ConsoleLink>
      </Copyable>
    ),
  },
  {
    key: 'state',
    label: logins.state,
    render: ({ state }) => <StateLabel kind={LOGIN_KINDS[state]} state={state} />,
  },
  { key: 'created', label: logins.created, render: ({ createdAt }) => <Time at={createdAt} /> },
  { key: 'updated', label: logins.updated, render: ({ updatedAt }) => <Time at={updatedAt} /> },
]
