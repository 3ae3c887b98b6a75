import type { BadLineView, ImportView } from '../../api/types'
import { Notice } from '../../ui/Notice'
import type { Column } from '../table/columns'
import { DataTable } from '../table/DataTable'
import classes from './Import.module.css'
import type { ChosenFile } from './importFile'
import { texts } from './texts'

type BadLinesProps = { file: ChosenFile; plan: ImportView }

const { imports: words } = texts

/** The bad lines of a file, each with what is wrong and its text. */
export function BadLines({ file, plan: { bad, badCount } }: BadLinesProps) {
  const columns: readonly Column<BadLineView>[] = [
    {
      key: 'line',
      label: words.line,
      align: 'end',
      render: ({ line }) => <span className="tabular">{line}</span>,
    },
    { key: 'column', label: words.column, render: ({ column }) => column ?? words.whole },
    { key: 'message', label: words.message, render: ({ message }) => message },
    {
      key: 'text',
      label: words.text,
      render: ({ line }) => <code className={classes.line}>{file.lines[line - 1] ?? ''}</code>,
    },
  ]
  return (
    <>
      <Notice tone="failed" title={words.bad(words.badLines(badCount))}>
        {words.fix} {badCount > bad.length && words.first(bad.length, badCount)}
      </Notice>
      <DataTable
        caption={words.badLines(badCount)}
        columns={columns}
        rows={bad}
        idOf={({ line, column, message }) => `${line} ${column ?? ''} ${message}`}
        nameOf={({ line }) => `${words.line} ${line}`}
      />
    </>
  )
}
