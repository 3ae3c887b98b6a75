import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { showKeyHelp } from '../keyboard/bindings'
import { Dropdown, DropdownItem } from '../parts/Dropdown'
import { PersonIcon } from '../parts/icons'
import { useOperator } from './me'
import classes from './OperatorMenu.module.css'
import { texts } from './texts'
import { useSignOut } from './useSignOut'

/** The menu of the operator: who they are, what they may do, and their preferences. */
export function OperatorMenu() {
  const { email, roles, version } = useOperator()
  const name = email.split('@')[0] ?? email
  const role = roles.includes('admin') ? 'admin' : 'staff'
  const { setColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme('light') === 'dark'
  const signOut = useSignOut()
  return (
    <Dropdown
      align="end"
      label={`${name} ${role}, ${email}`}
      trigger={
        <>
          <PersonIcon />
          <span className={classes.name}>
            {name} <span className={classes.role}>{role}</span>
          </span>
        </>
      }
    >
      <p className={classes.facts}>
        {email}
        <br />
        {role} · {texts.version(version)}
      </p>
      <DropdownItem onSelect={() => setColorScheme(isDark ? 'light' : 'dark')}>
        {isDark ? texts.light : texts.dark}
      </DropdownItem>
      <DropdownItem onSelect={showKeyHelp} hint="?">
        {texts.keys}
      </DropdownItem>
      <DropdownItem render={(props) => <Link to="/account" {...props} />}>
        {texts.account}
      </DropdownItem>
      <DropdownItem render={(props) => <Link to="/" {...props} />}>{texts.toShop}</DropdownItem>
      <DropdownItem onSelect={() => signOut.mutate()}>{texts.signOut}</DropdownItem>
    </Dropdown>
  )
}
