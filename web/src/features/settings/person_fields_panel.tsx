import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Checkbox, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';

import type { PersonField } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, usePersonFields } from '../../api/queries';
import { Panel, Queried } from '../../ui/page';
import { showFieldErrors, useProblemText } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import css from './settings.module.css';

const kinds = ['text', 'number', 'date', 'choice'] as const;
const at_most = 20;

/** What the site wants to know of people besides. */
export function PersonFieldsPanel() {
  const { t } = useTranslation();
  const fields = usePersonFields(useMay('people', 'view'));
  return (
    <Panel title={t('person_fields.title')}>
      <Queried query={fields} rows={2}>
        {(known) => <Fields key={JSON.stringify(known)} known={known} />}
      </Queried>
    </Panel>
  );
}

interface Typed {
  fields: PersonField[];
}

function Fields({ known }: { known: PersonField[] }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const textOf = useProblemText();
  const mayAdminister = useMay('settings', 'administer');
  const [form] = Form.useForm<Typed>();
  const save = useMutation({
    mutationFn: ({ fields }: Typed) =>
      answerOf(
        api.PUT('/person-fields', {
          body: {
            fields: fields.map(({ id, name, kind, required, choices }) => ({
              ...(id ? { id } : {}),
              name: name.trim(),
              kind,
              required: required ?? false,
              choices: kind === 'choice' ? (choices ?? []) : [],
            })),
          },
        }),
      ),
    onSuccess: () => {
      void message.success(t('common.saved'));
      for (const key of ['person-fields', 'people']) void queryClient.invalidateQueries({ queryKey: [key] });
    },
    onError: (error) => showFieldErrors(form, error),
  });
  const ask = (typed: Typed) => {
    const gone = known.filter((one) => !typed.fields.some((field) => field.id === one.id));
    if (gone.length === 0) return save.mutate(typed);
    modal.confirm({
      title: t('person_fields.lost', { names: gone.map(({ name }) => name).join(', ') }),
      content: t('person_fields.lost_hint'),
      okText: t('common.delete'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: () => save.mutate(typed),
    });
  };
  return (
    <Form<Typed>
      form={form}
      name="person_fields"
      layout="vertical"
      requiredMark={false}
      disabled={!mayAdminister}
      initialValues={{ fields: known }}
      onFinish={ask}
      className={css.form}
    >
      {save.error && <Alert type="error" showIcon message={textOf(save.error)} role="alert" />}
      <p className={`quiet ${css.gap}`}>{t('person_fields.hint')}</p>
      <Form.List name="fields">
        {(fields, { add, remove, move }) => (
          <>
            {fields.map(({ key, name }) => (
              <div key={key} className={css.personField}>
                <Form.Item
                  name={[name, 'name']}
                  label={t('common.name')}
                  rules={[{ required: true, whitespace: true, message: t('common.name_missing') }]}
                >
                  <Input maxLength={64} />
                </Form.Item>
                <Form.Item name={[name, 'kind']} label={t('person_fields.kind')}>
                  <Select
                    disabled={!mayAdminister || form.getFieldValue(['fields', name, 'id']) !== undefined}
                    options={kinds.map((kind) => ({ value: kind, label: t(`person_fields.kinds.${kind}`) }))}
                  />
                </Form.Item>
                <Form.Item name={[name, 'required']} valuePropName="checked">
                  <Checkbox>{t('person_fields.required')}</Checkbox>
                </Form.Item>
                {mayAdminister && (
                  <span className={css.personFieldButtons}>
                    <Button
                      type="text"
                      icon={<ArrowUpOutlined />}
                      aria-label={t('person_fields.up')}
                      disabled={name === 0}
                      onClick={() => move(name, name - 1)}
                    />
                    <Button
                      type="text"
                      icon={<ArrowDownOutlined />}
                      aria-label={t('person_fields.down')}
                      disabled={name === fields.length - 1}
                      onClick={() => move(name, name + 1)}
                    />
                    <Button
                      type="text"
                      icon={<DeleteOutlined />}
                      aria-label={t('person_fields.remove')}
                      onClick={() => remove(name)}
                    />
                  </span>
                )}
                <Form.Item
                  noStyle
                  shouldUpdate={(before: Typed, after: Typed) =>
                    before.fields?.[name]?.kind !== after.fields?.[name]?.kind
                  }
                >
                  {() =>
                    form.getFieldValue(['fields', name, 'kind']) === 'choice' && (
                      <Form.Item
                        className={css.personFieldWhole}
                        name={[name, 'choices']}
                        label={t('person_fields.choices')}
                        rules={[{ required: true, message: t('person_fields.choices_missing') }]}
                      >
                        <Select mode="tags" tokenSeparators={[',', ';']} open={false} suffixIcon={null} />
                      </Form.Item>
                    )
                  }
                </Form.Item>
              </div>
            ))}
            {mayAdminister && (
              <Button
                className={css.gap}
                icon={<PlusOutlined />}
                disabled={fields.length >= at_most}
                onClick={() => add({ name: '', kind: 'text', required: false, choices: [] })}
              >
                {t('person_fields.add')}
              </Button>
            )}
          </>
        )}
      </Form.List>
      {mayAdminister && (
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      )}
    </Form>
  );
}
