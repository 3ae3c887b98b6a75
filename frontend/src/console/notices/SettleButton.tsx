import { useState } from 'react'
import { call } from '../../api/client'
import type { OperatorNoticeView } from '../../api/types'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { useQuestion } from '../parts/useQuestion'
import { texts } from './texts'

/** The button that settles a notice by hand, with the reason why that is not possible. */
export function SettleButton({ notice }: { notice: OperatorNoticeView }) {
  const roleRefusal = useRefusal('staff')
  const [isAsking, setAsking] = useState(false)
  const question = useQuestion({
    name: `settle ${notice.id}`,
    run: ({ reason }) =>
      call('POST /admin/notices/{noticeId}/settle', {
        path: { noticeId: notice.id },
        body: { reason },
      }),
    describe: () => texts.settled,
    onClose: () => setAsking(false),
  })
  if (notice.settledAt !== null) return null
  const { title, confirm, lead } = texts.dialog
  return (
    <>
      <Button
        refusal={roleRefusal ?? (notice.canSettle ? null : texts.settledBySystem)}
        onClick={() => setAsking(true)}
      >
        {texts.settle}
      </Button>
      {isAsking && (
        <ConfirmDialog question={question} title={title} confirm={confirm}>
          <p>{notice.text}</p>
          <p>{lead}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
