import { PictureOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Upload } from 'antd';
import { useTranslation } from 'react-i18next';

import type { FloorPlan } from '../../api/client';
import { api } from '../../api/client';
import { answerOf, Problem } from '../../api/problem';
import { useProblemText } from '../../ui/problem_text';
import { shrink } from '../../ui/shrink';

const side = 6_000;
const bytes_at_most = 4_000_000;
const taken = ['image/png', 'image/jpeg', 'image/webp'];

/** As the platform takes it: drawn anew, which leaves nothing but the picture. */
async function prepared(file: File): Promise<Blob> {
  if (file.type === 'image/svg+xml') throw new Problem(0, 'picture_is_drawing', '');
  // A drawing stays sharp as PNG; a photo that would be too large as one is a JPEG.
  const kinds = file.type === 'image/jpeg' ? ['image/jpeg'] : ['image/png', 'image/webp', 'image/jpeg'];
  try {
    return await shrink(file, { side, bytes: bytes_at_most, kinds });
  } catch {
    throw new Problem(0, 'picture_unreadable', '');
  }
}

interface Props {
  plan: FloorPlan;
  /** That what is on the page was made from. */
  revision: number;
  onStored: (plan: FloorPlan) => void;
  primary?: boolean;
}

/** The plan's picture, stored as soon as it is chosen. */
export function PictureButton({ plan, revision, onStored, primary = false }: Props) {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const textOf = useProblemText();
  const store = useMutation({
    mutationFn: async (file: File) => {
      const picture = await prepared(file);
      return answerOf(
        api.PUT('/floor-plans/{id}/picture', {
          params: { path: { id: plan.id }, query: { revision } },
          body: picture as unknown as string,
          bodySerializer: (body: unknown) => body as Blob,
          headers: { 'Content-Type': picture.type },
        }),
      );
    },
    onSuccess: onStored,
    onError: (error) => {
      const description =
        error instanceof Problem && error.message === ''
          ? t(`problems.${error.code as 'picture_unreadable'}`)
          : textOf(error);
      notification.error({ message: t('map.picture_failed'), description });
    },
  });
  return (
    <Upload
      accept={taken.join(',')}
      showUploadList={false}
      beforeUpload={(file: File) => {
        store.mutate(file);
        return false;
      }}
    >
      <Button icon={<PictureOutlined />} type={primary ? 'primary' : 'default'} loading={store.isPending}>
        {t(plan.picture === null ? 'map.choose_picture' : 'map.change_picture')}
      </Button>
    </Upload>
  );
}
