import { errors } from '../base/error.ts'

export const accessErrors = errors({
  wrong_credentials: {
    status: 401,
    zh: '账号或密码不对。',
    en: 'The account or the password is wrong.',
    next: {
      zh: '请核对后重试；在同一处连续输错 {limit} 次，此处将锁定至少 {minutes} 分钟。',
      en: 'Check and try again; {limit} wrong tries from one place lock the account there for {minutes} minutes or more.',
    },
  },
  account_locked: {
    status: 423,
    zh: '输错次数过多，此账号暂不能在此处登录。',
    en: 'Too many wrong tries; the account cannot be signed in to from here for now.',
    next: {
      zh: '请在 {minutes} 分钟后重试，或在以前登录过的浏览器上登录。',
      en: 'Try again in {minutes} minutes, or in a browser in which you signed in before.',
    },
  },
  other_person: {
    status: 409,
    zh: '此浏览器已改由他人登录，本次操作未执行。',
    en: 'Somebody else has signed in with this browser; nothing was done.',
    next: { zh: '请重新载入页面，核对右上角的登录人。', en: 'Reload the page and check who is signed in.' },
  },
  too_many_pages: {
    status: 429,
    zh: '打开的页面过多。',
    en: 'Too many pages are open.',
    next: { zh: '请关闭不用的页面。', en: 'Close pages that are not in use.' },
  },
  wrong_place_in_tree: {
    status: 422,
    zh: '授权只能落在总部、区域或分支机构。',
    en: 'A grant stands on headquarters, a region or a branch.',
    next: { zh: '科室人员请按其所在分支机构授权。', en: 'For people of a department, grant at its branch.' },
  },
  administrators_apart: {
    status: 409,
    zh: '系统、安全、审计三员必须分设，此人已担任其中之一。',
    en: 'System, security and audit administrator are three people; this person already is one of them.',
    next: {
      zh: '请先收回原有管理员角色，或授予他人。',
      en: 'Withdraw the other administrator role first, or choose somebody else.',
    },
  },
  last_administrator: {
    status: 409,
    zh: '这是总部最后一位不设期限的该类管理员，不能收回或停用。',
    en: 'This is the last administrator of the kind at headquarters without an end date; nothing was changed.',
    next: { zh: '请先向另一位人员授予同一管理员角色。', en: 'Grant the same role to somebody else first.' },
  },
  administrators_from_above: {
    status: 403,
    zh: '系统、安全、审计管理员由总部任命。',
    en: 'System, security and audit administrators are appointed by headquarters.',
    next: { zh: '请联系总部安全管理员授权。', en: 'Ask the security administrator of headquarters.' },
  },
  stands_above: {
    status: 403,
    zh: '此人在您的管理范围之外还有授权，不能由您停用。',
    en: 'This person holds grants beyond what you look after; you cannot close the account.',
    next: { zh: '请联系上级安全管理员停用。', en: 'Ask a security administrator above.' },
  },
  grant_in_the_past: {
    status: 422,
    zh: '授权不能早于现在开始，也不能已经结束。',
    en: 'A grant begins now or later, and ends later still.',
    next: { zh: '请修改起止时间。', en: 'Change its dates.' },
  },
  own_grant: {
    status: 409,
    zh: '不能给自己授权或收回自己的授权。',
    en: 'Nobody grants to or withdraws from themselves.',
    next: { zh: '请由另一位安全管理员操作。', en: 'Ask another security administrator.' },
  },
  own_account: {
    status: 409,
    zh: '不能停用自己的账号。',
    en: 'Nobody closes their own account.',
    next: { zh: '请由另一位安全管理员操作。', en: 'Ask another security administrator.' },
  },
  already_granted: {
    status: 409,
    zh: '此人在该机构已有这个角色。',
    en: 'This person already has this role there.',
    next: { zh: '如需改变有效期，请先收回再授予。', en: 'To change its dates, withdraw it and grant it again.' },
  },
  weak_password: {
    status: 422,
    zh: '密码强度不够：至少 10 位，含字母、数字、符号中的两类以上，不同字符不少于 5 个；不得包含账号，也不得与原密码相同。',
    en: 'The password is too weak: at least 10 characters, of them five different, two kinds of letters, digits and marks; not the account name and not the password before.',
    next: { zh: '请换一个密码。', en: 'Choose another password.' },
  },
})
