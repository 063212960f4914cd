import type { enPeople } from './en_people';

export const zhPeople: typeof enPeople = {
  card_statuses: {
    active: '正常',
    lost: '挂失',
    frozen: '冻结',
    cancelled: '注销',
    returned: '已退卡',
  },
  cards: {
    all: '所有状态',
    history: '持卡记录',
    holder: '持卡人',
    nobody: '无人',
    none: '还没有卡片',
    none_hint: '卡片发给人员后会显示在这里。',
    no_match: '没有符合的卡片',
    no_match_hint: '可按卡号、姓名或用户编号搜索。',
    outside: '您管理范围以外的人员',
    person: '查看人员',
    removed: '已删除的人员（{{user_id}}）',
    returns: '从列表中移除的卡片即为退卡：不能再开门，可以发给其他人。',
    search: '卡号、姓名或用户编号',
    since: '起始时间',
    status: '状态',
    view_cards: '卡片',
    view_people: '人员',
  },
};
