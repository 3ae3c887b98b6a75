import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useFormat } from '../../ui/i18n/format'
import { LoadError } from '../../ui/LoadError'
import { useProblemTexts } from '../../ui/problemTexts'
import { Section } from '../../ui/Section'
import { historyQuery } from './queries'
import { useOrderTexts } from './texts'
import classes from './Timeline.module.css'
import { isEmail, knownSteps, useSentences } from './steps'

const EPOCH = '1970-01-01T00:00:00Z'

/** What happened to the order, oldest first. */
export function Timeline({ referenceId, version }: { referenceId: string; version: string }) {
  const texts = useOrderTexts()
  const format = useFormat()
  const sentences = useSentences()
  const { declines } = useProblemTexts()
  const history = useQuery(historyQuery(referenceId, version))
  const steps = knownSteps(history.data ?? [])
  return (
    <Section title={texts.history}>
      {history.isPending && <Skeleton height={120} />}
      {history.isError && (
        <LoadError error={history.error} onRetry={() => void history.refetch()} />
      )}
      <ol className={classes.steps}>
        {steps.map((step, place) => (
          <li
            key={`${step.at} ${step.machine} ${step.signal}`}
            className={classes.step}
            data-quiet={isEmail(step)}
          >
            {format.day(step.at) !== format.day(steps[place - 1]?.at ?? EPOCH) && (
              <span className={classes.day}>{format.day(step.at)}</span>
            )}
            <time className={classes.time} dateTime={step.at}>
              {format.time(step.at)}
            </time>
            <span>
              {sentences[step.kind]}
              {step.declineCode !== null && (
                <span className={classes.reason}> {declines[step.declineCode]}</span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}
