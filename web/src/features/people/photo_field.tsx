import { DeleteOutlined, PictureOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Upload } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Person } from '../../api/client';
import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { Avatar } from '../../ui/avatar';
import { useProblemText } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import css from './people.module.css';
import { shrink } from './shrink';

const refresh = () => queryClient.invalidateQueries({ queryKey: ['people'] });

/** The photo, stored as soon as it is chosen. Phones offer their camera. */
export function PhotoField({ person }: { person: Person }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const mayEdit = useMay('people', 'edit');
  const path = { id: person.id };
  const set = useMutation({
    mutationFn: async (file: Blob) => {
      const small = await shrink(file);
      await answerOf(
        api.PUT('/people/{id}/photo', {
          params: { path },
          body: small as unknown as string,
          bodySerializer: (body: unknown) => body as Blob,
          headers: { 'Content-Type': 'image/jpeg' },
        }),
      );
    },
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => answerOf(api.DELETE('/people/{id}/photo', { params: { path } })),
    onSuccess: refresh,
  });
  const error = set.error ?? remove.error;
  return (
    <div className={css.photo}>
      <Avatar
        name={person.name}
        person={person.id}
        photo={person.photo}
        size={96}
        label={t('photos.of', { name: person.name })}
      />
      {mayEdit && (
        <div className={css.photoButtons}>
          <Upload
            accept="image/*"
            showUploadList={false}
            beforeUpload={(file: File) => {
              remove.reset();
              set.mutate(file);
              return false;
            }}
          >
            <Button icon={<PictureOutlined />} loading={set.isPending}>
              {t(person.photo === null ? 'photos.choose' : 'photos.change')}
            </Button>
          </Upload>
          {person.photo !== null && (
            <Button
              type="text"
              icon={<DeleteOutlined />}
              loading={remove.isPending}
              onClick={() => {
                set.reset();
                remove.mutate();
              }}
            >
              {t('photos.remove')}
            </Button>
          )}
        </div>
      )}
      {error && (
        <Alert
          type="error"
          showIcon
          role="alert"
          message={error instanceof Problem ? textOf(error) : t('problems.photo_unreadable')}
        />
      )}
    </div>
  );
}
