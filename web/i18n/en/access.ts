import type { Same } from '../same.ts'
import type { zh } from '../zh/index.ts'

export const access: Same<typeof zh.access> = {
  sign_in: {
    title: 'Sign in',
    login: 'Login',
    password: 'Password',
    submit: 'Sign in',
    login_needed: 'Please enter your login',
    password_needed: 'Please enter your password',
    ended: 'Your session has ended. Sign in again to return to where you were.',
    motto: 'Hear the water before the wave',
    motto_more: 'Headquarters, regions and branches as one: hear the public, answer in time, report upwards.',
    demo_title: 'Demo people',
    demo_hint: 'Choose one to sign in; the password of all is',
    demo_hint_plain: 'Choose one to sign in',
    show_password: 'Show password',
    hide_password: 'Hide password',
  },
}
