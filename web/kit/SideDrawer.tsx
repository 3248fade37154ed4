import { Drawer, type DrawerProps } from 'antd'
import { useEffect, useState } from 'react'

/** A drawer that keeps the keyboard inside while it is open, and gives it back to what had it before. */
export function SideDrawer(props: Omit<DrawerProps, 'open'>) {
  const [opener] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (opener instanceof HTMLElement && opener !== document.body) requestAnimationFrame(() => opener.focus())
    },
    [opener],
  )
  return <Drawer {...props} open />
}
