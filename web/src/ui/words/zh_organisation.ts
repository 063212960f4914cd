import type { enOrganisation } from './en_organisation';

export const zhOrganisation: typeof enOrganisation = {
  organisation: {
    areas: {
      add: '添加区域',
      all: '所有区域',
      empty: '尚无区域',
      hint: '添加站点和区域，把同一栋楼的设备放在一起。',
      title: '区域',
    },
    departments: {
      add: '添加部门',
      all: '所有部门',
      empty: '尚无部门',
      hint: '添加部门，把同属的人员放在一起。',
      title: '部门',
    },
    edit: '编辑 {{name}}',
    parent: '上级',
    remove: '删除 {{name}}？',
    remove_hint: '只能删除空的：请先移走其中的内容。',
    top: '顶层',
  },
};
