import { useState } from 'react'
import { call } from '../../api/client'
import type { OperatorNoticeView } from '../../api/types'
import { useRefusal } from '../frame/me'
import { Button } from '../parts/Button'
import { ConfirmDialog } from '../parts/ConfirmDialog'
import { useAction } from '../parts/useAction'
import { texts } from './texts'

/** The button that settles a notice by hand, with the reason why that is not possible. */
export function SettleButton({ notice }: { notice: OperatorNoticeView }) {
  const roleRefusal = useRefusal('staff')
  const [isAsking, setAsking] = useState(false)
  const settle = useAction({
    run: (reason: string) =>
      call('POST /admin/notices/{noticeId}/settle', {
        path: { noticeId: notice.id },
        body: { reason },
      }),
    describe: () => texts.settled,
    onDone: () => setAsking(false),
    isQuiet: true,
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
        <ConfirmDialog
          title={title}
          confirm={confirm}
          isBusy={settle.isPending}
          error={settle.error}
          onConfirm={({ reason }) => settle.mutate(reason)}
          onClose={() => {
            setAsking(false)
            settle.reset()
          }}
        >
          <p>{notice.text}</p>
          <p>{lead}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
