import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';

import type { TimeTemplate } from '../../api/client';
import { useGroups, useTemplates } from '../../api/queries';
import { Empty, Failure, Loading, Panel } from '../../ui/page';
import { day_s, weekFrom } from '../../ui/week';
import { useMay } from '../shell/me_context';
import css from './permissions.module.css';
import { TemplateDrawer } from './template_drawer';
import { useWeekText } from './week_text';

export function TemplatesView() {
  const { t } = useTranslation();
  const templates = useTemplates();
  const mayEdit = useMay('permissions', 'edit');
  const [search, setSearch] = useSearchParams();
  const openId = search.get('template');
  const close = useCallback(() => setSearch({}, { replace: true }), [setSearch]);
  const add = mayEdit && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setSearch({ template: 'new' })}>
      {t('permissions.add_template')}
    </Button>
  );
  const items = templates.data ?? [];
  const open = openId === 'new' ? null : items.find((template) => template.id === openId);
  return (
    <>
      <Panel title={t('permissions.templates')} actions={items.length > 0 && add}>
        {templates.error ? (
          <Failure error={templates.error} onRetry={() => void templates.refetch()} />
        ) : templates.isPending ? (
          <Loading />
        ) : items.length === 0 ? (
          <Empty title={t('permissions.templates_empty')} action={add}>
            {t('permissions.templates_empty_hint')}
          </Empty>
        ) : (
          <ul className={css.templates}>
            {items.map((template) => (
              <Row
                key={template.id}
                template={template}
                onOpen={() => setSearch({ template: template.id })}
              />
            ))}
          </ul>
        )}
      </Panel>
      <TemplateDrawer template={open} open={openId === 'new' || open !== undefined} onClose={close} />
    </>
  );
}

function Row({ template, onOpen }: { template: TimeTemplate; onOpen: () => void }) {
  const { t } = useTranslation();
  const weekText = useWeekText();
  const groups = useGroups();
  const users = (groups.data ?? []).filter((group) => group.template_id === template.id);
  const used =
    users.length === 0
      ? t('permissions.used_by_none')
      : t('permissions.used_by', {
          count: users.length,
          groups: users.map((group) => group.name).join(', '),
        });
  return (
    <li>
      <button type="button" className={css.template} onClick={onOpen}>
        <b className="cut">{template.name}</b>
        <WeekStrip template={template} />
        <span className="num">{weekText(template)}</span>
        <span className="quiet">{used}</span>
      </button>
    </li>
  );
}

/** A week as small as a word. */
function WeekStrip({ template }: { template: TimeTemplate }) {
  return (
    <span className={css.strip} aria-hidden>
      {weekFrom(template.week).map((day, index) => (
        <span key={index}>
          {day.map((span) => (
            <i
              key={span.from}
              style={{
                left: `${(span.from / day_s) * 100}%`,
                width: `${((span.to - span.from) / day_s) * 100}%`,
              }}
            />
          ))}
        </span>
      ))}
    </span>
  );
}
