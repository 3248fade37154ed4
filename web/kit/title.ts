let page = ''
let unread = 0

const show = () => {
  document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ${page}` : page
}

/** The name of the window: the page, and before it how much was not read, so that a tab in the background says it too. */
export function titlePage(title: string) {
  page = title
  show()
}

export function titleUnread(count: number) {
  unread = count
  show()
}
