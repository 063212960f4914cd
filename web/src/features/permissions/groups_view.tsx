import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { Door, PermissionGroup } from '../../api/client';
import { useDoors, useGroups, useTemplates } from '../../api/queries';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { StateWord } from '../../ui/marks';
import { usePhone } from '../../ui/phone';
import { useTimeText } from '../../ui/site';
import { useMay } from '../shell/me_context';
import { GroupDrawer } from './group_drawer';
import css from './permissions.module.css';
import { useWeekText } from './week_text';

const most_columns = 10;

/** Groups against doors: one look says who may where. */
export function GroupsView() {
  const { t } = useTranslation();
  const groups = useGroups();
  const doors = useDoors();
  const mayEdit = useMay('permissions', 'edit');
  const [search, setSearch] = useSearchParams();
  const openId = search.get('group');
  const close = useCallback(() => setSearch({}, { replace: true }), [setSearch]);
  const add = mayEdit && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setSearch({ group: 'new' })}>
      {t('permissions.add_group')}
    </Button>
  );
  const items = groups.data ?? [];
  const failed = groups.error ?? doors.error;
  const open = openId === 'new' ? null : items.find((group) => group.id === openId);
  return (
    <>
      <Panel title={t('permissions.groups')} actions={items.length > 0 && add}>
        {failed ? (
          <Failure error={failed} onRetry={() => void Promise.all([groups.refetch(), doors.refetch()])} />
        ) : groups.isPending || doors.isPending ? (
          <Loading />
        ) : items.length === 0 ? (
          <Empty title={t('permissions.groups_empty')} action={add}>
            {t('permissions.groups_empty_hint')}
          </Empty>
        ) : (
          <Matrix
            groups={items}
            doors={doors.data ?? []}
            onOpen={(group) => setSearch({ group: group.id })}
          />
        )}
      </Panel>
      <GroupDrawer
        group={open}
        open={openId === 'new' || open !== undefined}
        person={search.get('person')}
        onClose={close}
      />
    </>
  );
}

interface MatrixProps {
  groups: PermissionGroup[];
  doors: Door[];
  onOpen: (group: PermissionGroup) => void;
}

function Matrix({ groups, doors, onOpen }: MatrixProps) {
  const { t } = useTranslation();
  const phone = usePhone();
  const templates = useTemplates();
  const weekText = useWeekText();
  const timeText = useTimeText();
  const columns = doors.length <= most_columns && !phone ? doors : [];
  const whenOf = (group: PermissionGroup) => {
    const template = templates.data?.find((item) => item.id === group.template_id);
    const week = template
      ? `${template.name}: ${weekText(template)}`
      : group.template_id === null
        ? t('common.always')
        : '';
    return group.valid_to === null ? week : t('permissions.until', { week, end: timeText(group.valid_to) });
  };
  const namesOf = (group: PermissionGroup) =>
    doors
      .filter((door) => group.doors.includes(door.id))
      .map((door) => door.name)
      .join(', ');
  return (
    <div className={css.scroll}>
      <table className={css.matrix}>
        <thead>
          <tr>
            <th scope="col">{t('permissions.group')}</th>
            {!phone && <th scope="col">{t('permissions.when')}</th>}
            <th scope="col" className={css.count}>
              {t('permissions.people')}
            </th>
            {columns.map((door) => (
              <th key={door.id} scope="col" className={css.door} title={door.name}>
                <span>{door.name}</span>
              </th>
            ))}
            {columns.length === 0 && <th scope="col">{t('permissions.doors')}</th>}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.id} onClick={() => onOpen(group)}>
              <th scope="row">
                <button type="button" className={css.open} onClick={() => onOpen(group)}>
                  {group.name}
                </button>
                {group.effect === 'deny' && (
                  <span className={css.denies}>
                    <StateWord look="bad">{t('group_effects.deny')}</StateWord>
                  </span>
                )}
              </th>
              {!phone && <td className={css.times}>{whenOf(group)}</td>}
              <td className={`${css.count} num`}>{group.members}</td>
              {columns.map((door) => (
                <Cell key={door.id} group={group} door={door} />
              ))}
              {columns.length === 0 && (
                <td className={css.names}>
                  <span className="num">{t('permissions.doors_count', { count: group.doors.length })}</span>
                  {!phone && <span className="quiet"> {namesOf(group)}</span>}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ group, door }: { group: PermissionGroup; door: Door }) {
  const { t } = useTranslation();
  const included = group.doors.includes(door.id);
  const denied = included && group.effect === 'deny';
  const text = t(
    denied ? 'permissions.denied_in_group' : included ? 'permissions.in_group' : 'permissions.not_in_group',
    {
      group: group.name,
      door: door.name,
    },
  );
  return (
    <td className={css.cell} title={text}>
      <span className={denied ? css.denied : included ? css.included : css.excluded} aria-hidden />
      <span className="hidden-text">{text}</span>
    </td>
  );
}
