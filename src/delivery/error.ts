import { errors } from '../base/error.ts'

export const deliveryErrors = errors({
  webhook_outside: {
    status: 422,
    zh: '外发接口只能设在您管理的机构上。',
    en: 'A webhook stands on a unit that you manage.',
    next: {
      zh: '请选择总部、区域或分支机构中属于您管理范围的一个。',
      en: 'Choose headquarters, a region or a branch that you manage.',
    },
  },
})
