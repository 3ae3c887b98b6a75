import type { OperatorNoticeView } from '../../api/types'
import { Copyable } from '../parts/Copyable'
import { CopyableId } from '../parts/Id'
import { Links } from '../parts/Links'
import { StateLabel } from '../parts/StateLabel'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import classes from './Notices.module.css'
import { SettleButton } from './SettleButton'
import { texts } from './texts'

const { columns, kinds, none } = texts

/** The columns of the list of notices. */
export const NOTICE_COLUMNS: readonly Column<OperatorNoticeView>[] = [
  {
    key: 'notice',
    label: columns.notice,
    isFixed: true,
    render: ({ kind, text, advice, settledAt }) => (
      <div className={classes.notice}>
        <StateLabel kind={settledAt === null ? 'wrong' : 'done'} state={kinds[kind]} />
        <p>{text}</p>
        {settledAt === null && (
          <p className={classes.advice}>
            <strong>{texts.toDo}:</strong> {advice}
          </p>
        )}
      </div>
    ),
  },
  {
    key: 'links',
    label: columns.links,
    render: ({ links, subject }) =>
      links.length > 0 ? <Links links={links} /> : <Copyable text={subject} />,
  },
  { key: 'created', label: columns.created, render: ({ createdAt }) => <Time at={createdAt} /> },
  {
    key: 'settled',
    label: columns.settled,
    isHidden: true,
    render: ({ settledAt }) => (settledAt === null ? none : <Time at={settledAt} />),
  },
  {
    key: 'subject',
    label: columns.subject,
    isHidden: true,
    render: ({ subject }) => <Copyable text={subject} />,
  },
  {
    key: 'id',
    label: columns.id,
    isHidden: true,
    render: ({ id }) => <CopyableId id={id} />,
  },
  {
    key: 'action',
    label: columns.action,
    align: 'end',
    render: (notice) => <SettleButton notice={notice} />,
  },
]
