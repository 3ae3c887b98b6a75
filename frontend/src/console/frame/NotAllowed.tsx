import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useUser } from '../../api/queries'
import { PageHeading } from '../../ui/Page'
import classes from './NotAllowed.module.css'
import { texts } from './texts'
import { useSignOut } from './useSignOut'

/** The page that a person without a role sees. */
export function NotAllowed() {
  const email = useUser().data?.email
  const signOut = useSignOut()
  return (
    <div className={classes.card}>
      <PageHeading title={texts.notAllowed.title}>{texts.notAllowed.title}</PageHeading>
      <p>{email === undefined ? texts.notAllowed.leadUnknown : texts.notAllowed.lead(email)}</p>
      <div className={classes.actions}>
        <Button size="sm" renderRoot={(props) => <Link to="/" {...props} />}>
          {texts.toShop}
        </Button>
        <Button
          size="sm"
          variant="default"
          loading={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          {texts.signOut}
        </Button>
      </div>
    </div>
  )
}
