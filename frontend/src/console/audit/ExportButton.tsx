import { callForReply } from '../../api/client'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { DownloadIcon } from '../parts/icons'
import { saveFile } from '../parts/saveFile'
import { useAction } from '../parts/useAction'
import { type AuditSearch, filtersOf } from './queries'
import { texts } from './texts'

const FILE_NAME = 'projectx-audit.csv'

/** The button that saves what the filters match as a file for a spreadsheet. */
export function ExportButton({ search }: { search: AuditSearch }) {
  const refusal = useRefusal('admin')
  const { mutate, isPending } = useAction({
    run: async () => {
      const query = { ...filtersOf(search), cursor: undefined }
      const { data, headers } = await callForReply('GET /admin/audit.csv', { query })
      const content: unknown = data
      if (typeof content === 'string') saveFile(FILE_NAME, content, 'text/csv')
      return { hasMore: headers.has('Link') }
    },
    describe: ({ hasMore }) => (hasMore ? texts.exportedPart : texts.exported),
    changes: ['audit'],
  })
  return (
    <Button refusal={refusal} isBusy={isPending} onClick={() => mutate(undefined)}>
      <DownloadIcon size={14} />
      {texts.export}
    </Button>
  )
}
