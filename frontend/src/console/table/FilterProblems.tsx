import { ApiError } from '../../api/problem'
import type { FieldProblem } from '../../api/types'
import { Notice } from '../../ui/Notice'
import { Button } from '../parts/Button'
import { texts } from '../parts/texts'

/** Return what the server says against the filters, by field. Other failures have no fields. */
export function fieldProblems(error: unknown): readonly FieldProblem[] {
  return error instanceof ApiError ? Object.values(error.fields) : []
}

type FilterProblemsProps = { problems: readonly FieldProblem[]; onClear: () => void }

/** The filters that the server does not understand, below them. */
export function FilterProblems({ problems, onClear }: FilterProblemsProps) {
  if (problems.length === 0) return null
  return (
    <Notice
      tone="failed"
      title={texts.filters.problem}
      action={<Button onClick={onClear}>{texts.filters.clear}</Button>}
    >
      {problems.map(({ field, message }) => (
        <div key={field}>
          <strong>{field}</strong>: {message}
        </div>
      ))}
    </Notice>
  )
}
