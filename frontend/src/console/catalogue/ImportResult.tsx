import { Link } from '@tanstack/react-router'
import { ApiError } from '../../api/problem'
import type { ImportView } from '../../api/types'
import { ErrorText } from '../../ui/ErrorText'
import { Notice } from '../../ui/Notice'
import { Button } from '../parts/Button'
import { BadLines } from './BadLines'
import type { ChosenFile } from './importFile'
import { texts } from './texts'

type ImportResultProps = {
  file: ChosenFile
  plan: ImportView | undefined
  /** Of the check or of the import. */
  error: unknown
  result: ImportView | undefined
  onImport: () => void
  onCheck: () => void
}

const { imports: words } = texts

/** What a check or an import has come to, and what can be done next. */
export function ImportResult(props: ImportResultProps) {
  const { file, plan, error, result, onImport, onCheck } = props
  if (result !== undefined) {
    return (
      <Notice
        tone="good"
        title={words.doneTitle}
        action={<Link to="/console/catalogue">{words.see}</Link>}
      >
        {words.done(result.imported, result.updated)}
      </Notice>
    )
  }
  if (error !== null) return <Refused error={error} onCheck={onCheck} />
  if (plan === undefined) return null
  if (plan.badCount > 0) return <BadLines file={file} plan={plan} />
  const { imported, updated } = plan
  if (imported + updated === 0) return <Notice tone="done">{words.nothing}</Notice>
  return (
    <Notice
      tone="good"
      title={words.good}
      action={
        <Button kind="primary" onClick={onImport}>
          {words.start}
        </Button>
      }
    >
      {words.plan(imported, updated)}
    </Notice>
  )
}

/** The reason why the file was not read or not imported. */
function Refused({ error, onCheck }: { error: unknown; onCheck: () => void }) {
  const problems = error instanceof ApiError ? Object.values(error.fields) : []
  return (
    <Notice
      tone="failed"
      title={words.refused}
      action={<Button onClick={onCheck}>{words.again}</Button>}
    >
      {problems.length === 0 ? (
        <ErrorText error={error} />
      ) : (
        problems.map(({ field, message }) => (
          <div key={field}>
            <strong>{field}</strong> {message}
          </div>
        ))
      )}
    </Notice>
  )
}
