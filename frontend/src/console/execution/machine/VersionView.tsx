import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Skeleton } from '@mantine/core'
import { Fragment } from 'react'
import { LoadError } from '../../../ui/LoadError'
import { Changes } from '../../parts/WritesPreview'
import { FactRows } from '../FactsPanel'
import factClasses from '../Execution.module.css'
import { type Execution, versionQuery } from '../queries'
import { StateName } from '../StateName'
import classes from './Machine.module.css'
import { texts } from './texts'

/** The row of an execution as it was after a transition, and what the transition changed. */
export function VersionView({ execution, version }: { execution: Execution; version: number }) {
  const { machine, id } = execution
  const past = useQuery({
    ...versionQuery({ machine, id, version }),
    placeholderData: keepPreviousData,
  })
  return (
    <div className={classes.past} aria-busy={past.isPlaceholderData}>
      <h3>{texts.asItWas(version)}</h3>
      {past.isPending && <Skeleton height={120} radius="sm" />}
      {past.isError && <LoadError error={past.error} onRetry={() => void past.refetch()} />}
      {past.data !== undefined && (
        <div className={classes.columns}>
          <div>
            <h4>{texts.changes}</h4>
            {past.data.changes.length === 0 ? (
              <p>{texts.nothing}</p>
            ) : (
              <Changes changes={past.data.changes} />
            )}
          </div>
          <div>
            <h4>{texts.row}</h4>
            <dl className={factClasses.facts}>
              <FactRows facts={past.data.row} />
              {past.data.family.map(({ machine: name, id: memberId, state }) => (
                <Fragment key={memberId}>
                  <dt>{name}</dt>
                  <dd>
                    <StateName machine={name} state={state} />
                  </dd>
                </Fragment>
              ))}
            </dl>
          </div>
        </div>
      )}
    </div>
  )
}
