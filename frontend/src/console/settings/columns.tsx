import type { SettingView } from '../../api/types'
import type { Column } from '../table/columns'
import classes from './Settings.module.css'
import { texts } from './texts'

const { columns, secret, sources } = texts

/** The columns of the settings. */
export const SETTING_COLUMNS: readonly Column<SettingView>[] = [
  {
    key: 'name',
    label: columns.name,
    render: ({ name, source }) => (
      <code className={classes.name} data-changed={source === 'environment'}>
        {name}
      </code>
    ),
  },
  { key: 'value', label: columns.value, render: (setting) => <Value setting={setting} /> },
  {
    key: 'source',
    label: columns.source,
    render: ({ source }) => (
      <span className={source === 'default' ? classes.quiet : undefined}>{sources[source]}</span>
    ),
  },
  {
    key: 'default',
    label: columns.default,
    render: (setting) => <Plain text={setting.default} isQuiet />,
  },
]

function Value({ setting: { value, isSecret, isSet } }: { setting: SettingView }) {
  if (!isSecret) return <Plain text={value} />
  return <span className={classes.secret}>{isSet ? secret.isSet : secret.isMissing}</span>
}

function Plain({ text, isQuiet = false }: { text: string | null; isQuiet?: boolean }) {
  if (text === null) return <span className={classes.quiet}>{texts.none}</span>
  if (text === '') return <span className={classes.quiet}>{texts.empty}</span>
  return (
    <code className={classes.value} data-quiet={isQuiet} title={text}>
      {text}
    </code>
  )
}
