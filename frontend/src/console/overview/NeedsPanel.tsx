import type { OverviewView } from '../../api/types'
import { Panel } from '../parts/ConsolePage'
import { countText } from '../parts/Count'
import { ConsoleLink } from '../parts/Links'
import classes from './Overview.module.css'
import { FAILURE_NAMES } from './problems'
import { texts } from './texts'

/** How much waits for a person: failures, and notices by kind. */
export function NeedsPanel({ overview }: { overview: OverviewView }) {
  const rows = [
    ...overview.failures.map(({ name, count, path }) => ({
      label: FAILURE_NAMES[name] ?? name,
      count,
      path,
    })),
    ...overview.notices.map(({ kind, count, path }) => ({
      label: texts.needs.notice(kind),
      count,
      path,
    })),
  ]
  return (
    <Panel title={texts.needs.title}>
      <ul className={classes.counts}>
        {rows.map(({ label, count, path }) => (
          <li key={path} data-empty={count.number === 0}>
            <ConsoleLink url={path}>
              <span>{label}</span>
              <strong>{countText(count)}</strong>
            </ConsoleLink>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
