import classes from './People.module.css'

/** The roles of a person, as small tags. */
export function RoleTags({ roles }: { roles: readonly string[] }) {
  return (
    <span className={classes.tags}>
      {roles.map((role) => (
        <span key={role} className={classes.tag} data-role={role}>
          {role}
        </span>
      ))}
    </span>
  )
}
