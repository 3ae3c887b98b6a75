import { Button } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { CloseIcon, FilterIcon } from '../../ui/icons'
import classes from './FilterDialog.module.css'
import { FilterPanel } from './FilterPanel'
import { type CatalogueSearch, countFilters } from './search'
import { useTexts } from './texts'

type FilterDialogProps = { search: CatalogueSearch; total: number | undefined }

/** The button that opens the filters on a narrow page, and the sheet that has them. */
export function FilterDialog({ search, total }: FilterDialogProps) {
  const texts = useTexts()
  const dialog = useRef<HTMLDialogElement>(null)
  const [isOpen, setIsOpen] = useState(false)
  const count = countFilters(search)
  const close = () => dialog.current?.close()
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
  }, [isOpen])
  return (
    <>
      <button
        type="button"
        className={classes.open}
        aria-haspopup="dialog"
        onClick={() => setIsOpen(true)}
      >
        <FilterIcon size={18} />
        {texts.filters}
        {count > 0 && (
          <>
            <span className={classes.count} aria-hidden="true">
              {count}
            </span>
            <span className="visually-hidden">{texts.inUse(count)}</span>
          </>
        )}
      </button>
      <dialog
        ref={dialog}
        className={classes.dialog}
        aria-label={texts.filters}
        closedby="any"
        onClose={() => setIsOpen(false)}
      >
        <div className={classes.sheet}>
          <div className={classes.head}>
            <h2 className={classes.title}>{texts.filters}</h2>
            <button
              type="button"
              className={classes.close}
              aria-label={texts.close}
              onClick={close}
            >
              <CloseIcon />
            </button>
          </div>
          <div className={classes.body}>{isOpen && <FilterPanel search={search} />}</div>
          <div className={classes.foot}>
            <Button fullWidth size="md" onClick={close}>
              {total === undefined ? texts.close : texts.show(total)}
            </Button>
          </div>
        </div>
      </dialog>
    </>
  )
}
