import type { AuditEntry } from '../../api/types'
import { CopyableId } from '../parts/Id'
import { Time } from '../parts/Time'
import type { Column } from '../table/columns'
import classes from './Audit.module.css'
import { detailsText, reasonOf } from './details'
import { Named } from './Named'
import { actorPath, subjectPath } from './subjects'
import { texts } from './texts'

const { columns, none } = texts

const at: Column<AuditEntry> = {
  key: 'at',
  label: columns.at,
  isFixed: true,
  render: (entry) => <Time at={entry.at} />,
}

const actor: Column<AuditEntry> = {
  key: 'actor',
  label: columns.actor,
  render: ({ actor: name, actorEmail }) => (
    <Named path={actorPath(name)} name={name} words={actorEmail} />
  ),
}

const action: Column<AuditEntry> = {
  key: 'action',
  label: columns.action,
  render: (entry) => <strong className={classes.action}>{entry.action}</strong>,
}

const subject: Column<AuditEntry> = {
  key: 'subject',
  label: columns.subject,
  render: ({ action: verb, subject: name, subjectEmail }) =>
    name === null ? (
      none
    ) : (
      <Named path={subjectPath(verb, name)} name={name} words={subjectEmail} />
    ),
}

const reason: Column<AuditEntry> = {
  key: 'reason',
  label: columns.reason,
  render: ({ details }) => <Cut text={reasonOf(details)} />,
}

const details: Column<AuditEntry> = {
  key: 'details',
  label: columns.details,
  render: (entry) => <Cut text={detailsText(entry.details)} isMuted />,
}

const id: Column<AuditEntry> = {
  key: 'id',
  label: columns.id,
  isHidden: true,
  render: (entry) => <CopyableId id={entry.id} />,
}

/** The columns of the list of the audit. */
export const AUDIT_COLUMNS = [at, actor, action, subject, reason, details, id] as const

/** The columns of the audit of one person. */
export const PERSON_AUDIT_COLUMNS = [at, action, actor, subject, reason, details] as const

function Cut({ text, isMuted = false }: { text: string | null; isMuted?: boolean }) {
  if (text === null || text === '') return none
  return (
    <span className={classes.cut} data-muted={isMuted} title={text}>
      {text}
    </span>
  )
}
