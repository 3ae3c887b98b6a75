import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Draft } from '../../parts/draft'
import { WritesPreview } from '../../parts/WritesPreview'
import { FailureNote } from '../../parts/FailureNote'
import { type Execution, previewQuery } from '../queries'
import { type Action, fieldsOf } from './actions'
import classes from './Doing.module.css'
import { texts } from './texts'

type ActionPreviewProps = {
  action: Action
  execution: Execution
  draft: Draft
  isFilled: boolean
}

const PAUSE_MS = 350

/** What an action would write with what has been typed, tried out and rolled back. */
export function ActionPreview({ action, execution, draft, isFilled }: ActionPreviewProps) {
  const { machine, id, version } = execution
  const [typed] = useDebouncedValue(draft, PAUSE_MS)
  const preview = useQuery({
    ...previewQuery({
      machine,
      id,
      version,
      signal: action.signal,
      fields: fieldsOf(action, typed),
      reason: typed.reason?.trim() ?? '',
    }),
    enabled: isFilled,
    placeholderData: keepPreviousData,
  })
  if (!isFilled) return <p className={classes.quiet}>{texts.previewWaits}</p>
  return (
    <div className={classes.preview} aria-busy={preview.isFetching} aria-live="polite">
      {preview.data === undefined ? (
        <>
          {preview.isPending && <p className={classes.quiet}>{texts.previewing}</p>}
          <FailureNote error={preview.error} />
        </>
      ) : (
        <WritesPreview {...preview.data} />
      )}
    </div>
  )
}
