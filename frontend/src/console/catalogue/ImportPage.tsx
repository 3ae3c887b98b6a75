import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { ImportView } from '../../api/types'
import { useRefusal } from '../frame/me'
import { ConsolePage } from '../parts/ConsolePage'
import { useAction } from '../parts/useAction'
import { FileChoice } from './FileChoice'
import { type ChosenFile, readFile, sendFile } from './importFile'
import { ImportProgress } from './ImportProgress'
import { ImportResult } from './ImportResult'
import { CHANGED } from './queries'
import { texts } from './texts'

const { imports: words } = texts

/** The page that imports a CSV file of products: it is checked first. */
export function ImportPage() {
  const refusal = useRefusal('admin')
  return (
    <ConsolePage title={words.title} lead={refusal ?? words.lead}>
      {refusal === null && <ImportSteps />}
    </ConsolePage>
  )
}

function ImportSteps() {
  const [file, setFile] = useState<ChosenFile | null>(null)
  const check = useMutation({ mutationFn: (chosen: ChosenFile) => sendFile(chosen, true) })
  const load = useAction<ChosenFile, ImportView>({
    run: (chosen) => sendFile(chosen, false),
    describe: ({ imported, updated }) => words.done(imported, updated),
    changes: CHANGED,
    isQuiet: true,
  })
  const choose = async (chosen: File) => {
    const read = await readFile(chosen)
    load.reset()
    setFile(read)
    check.mutate(read)
  }
  const isBusy = check.isPending || load.isPending
  return (
    <>
      <FileChoice isBusy={isBusy} onChoose={(chosen) => void choose(chosen)} />
      {file !== null && isBusy && (
        <ImportProgress
          label={load.isPending ? words.importing(file.name) : words.checking(file.name)}
        />
      )}
      {file !== null && !isBusy && (
        <ImportResult
          file={file}
          plan={check.data}
          error={load.error ?? check.error}
          result={load.data}
          onImport={() => load.mutate(file)}
          onCheck={() => {
            load.reset()
            check.mutate(file)
          }}
        />
      )}
    </>
  )
}
