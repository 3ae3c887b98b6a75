import { createFormat } from '../../ui/i18n/format'
import { Panel } from '../parts/ConsolePage'
import { CopyableId } from '../parts/Id'
import { Money } from '../parts/Money'
import { Time } from '../parts/Time'
import classes from './Execution.module.css'
import type { Execution, Fact } from './queries'
import { texts } from './texts'

const format = createFormat('en')

/** The columns of the row that its machine brings along. Empty ones are left out. */
export function FactsPanel({ execution }: { execution: Execution }) {
  const facts = execution.facts.filter(({ value }) => value !== null && value !== '')
  return (
    <Panel title={texts.facts}>
      <dl className={classes.facts}>
        <dt>id</dt>
        <dd>
          <CopyableId id={execution.id} />
        </dd>
        <dt>{texts.created.toLowerCase()}</dt>
        <dd>
          <Time at={execution.createdAt} show="full" />
        </dd>
        <FactRows facts={facts} />
      </dl>
    </Panel>
  )
}

/** Facts as the rows of a definition list. */
export function FactRows({ facts }: { facts: readonly Fact[] }) {
  return facts.map((fact) => <FactRow key={fact.name} fact={fact} />)
}

function FactRow({ fact }: { fact: Fact }) {
  return (
    <>
      <dt>{fact.name.replaceAll('_', ' ')}</dt>
      <dd>
        <FactValue fact={fact} />
      </dd>
    </>
  )
}

function FactValue({ fact: { kind, value, major, currency } }: { fact: Fact }) {
  const text = String(value)
  if (kind === 'time') return <Time at={text} show="full" />
  if (kind === 'id') return <CopyableId id={text} />
  if (major !== null && major !== undefined && currency)
    return <Money amount={major} currency={currency} />
  if (typeof value === 'number') return <span className="tabular">{format.number(value)}</span>
  return text
}
