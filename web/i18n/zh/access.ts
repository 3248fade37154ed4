export const access = {
  sign_in: {
    title: '登录',
    login: '账号',
    password: '密码',
    submit: '登录',
    login_needed: '请输入账号',
    password_needed: '请输入密码',
    ended: '登录已过期，请重新登录。登录后将回到刚才的页面。',
    motto: '波澜未起，先闻其声',
    motto_more: '集团、区域、分支三级联动：听见公众的声音，按时回应，逐级报告。',
    demo_title: '演示人员',
    demo_hint: '点选一位即可登录，口令均为',
    demo_hint_plain: '点选一位即可登录',
    show_password: '显示密码',
    hide_password: '隐藏密码',
  },
} as const
