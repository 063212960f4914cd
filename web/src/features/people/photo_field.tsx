import { useMutation } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Person } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient } from '../../api/queries';
import { Avatar } from '../../ui/avatar';
import { useProblemText } from '../../ui/problem_text';
import { shrink } from '../../ui/shrink';
import { useMay } from '../shell/me_context';
import css from './people.module.css';
import { PhotoPicker } from './photo_picker';

// The platform makes the photo; the page only saves it most of the upload.
const as_sent = { side: 1280, bytes: 8 * 1024 * 1024, kinds: ['image/jpeg'] };
const refresh = () => queryClient.invalidateQueries({ queryKey: ['people'] });

export async function storePhoto(person: string, photo: Blob): Promise<void> {
  const sent = await shrink(photo, as_sent).catch(() => photo); // what this browser cannot show, it may know
  await answerOf(
    api.PUT('/people/{id}/photo', {
      params: { path: { id: person } },
      body: sent as unknown as string,
      bodySerializer: (body: unknown) => body as Blob,
      headers: { 'Content-Type': sent.type },
    }),
  );
}

interface NewPhotoProps {
  name: string;
  photo: Blob | null;
  onChange: (photo: Blob | null) => void;
}

/** The photo of somebody who is not there yet: stored with the person. */
export function NewPhoto({ name, photo, onChange }: NewPhotoProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    if (!photo) return setShown(null);
    const url = URL.createObjectURL(photo);
    setShown(url);
    return () => URL.revokeObjectURL(url);
  }, [photo]);
  return (
    <div className={css.photo}>
      {shown ? (
        <img className={css.newPhoto} src={shown} alt={t('photos.of', { name })} />
      ) : (
        <Avatar name={name} person={null} photo={null} size={96} />
      )}
      <PhotoPicker has={photo !== null} onPhoto={onChange} onRemove={() => onChange(null)} />
    </div>
  );
}

/** The photo, stored as soon as it is chosen. Phones offer their camera. */
export function PhotoField({ person }: { person: Person }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const mayEdit = useMay('people', 'edit');
  const path = { id: person.id };
  const set = useMutation({
    mutationFn: (photo: Blob) => storePhoto(person.id, photo),
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
        <PhotoPicker
          has={person.photo !== null}
          storing={set.isPending}
          removing={remove.isPending}
          onPhoto={(photo) => {
            remove.reset();
            set.mutate(photo);
          }}
          onRemove={() => {
            set.reset();
            remove.mutate();
          }}
        />
      )}
      {error && <Alert type="error" showIcon role="alert" message={textOf(error)} />}
    </div>
  );
}
