import type { enDevices } from './en_devices';

export const zhDevices: typeof enDevices = {
  verification: {
    title: '等待操作员确认的门',
    asks: '{{door}} 请求确认',
    somebody: '您无权查看的人员',
    photo: '{{name}} 的照片',
    seconds: '{{count}} 秒',
    grant: '放行',
    deny: '拒绝',
    hint: '未及时回应时，门保持关闭。',
    more_one: '还有 {{count}} 扇门在等待',
    more_other: '还有 {{count}} 扇门在等待',
    granted: '{{by}} 已放行',
    denied: '{{by}} 已拒绝',
    unanswered: '无人及时回应：门保持关闭。',
    withdrawn: '该门已不再等待。',
    flags: {
      duress: '胁迫',
      vip: '贵宾',
      anti_passback: '同一方向重复通行',
      facility_only: '仅凭区域码识别',
    },
    setting: '请求操作员确认',
    setting_none: '不请求',
    setting_hint: '有权进入的人员须等待操作员确认；超时未回应，门保持关闭。',
  },
};
