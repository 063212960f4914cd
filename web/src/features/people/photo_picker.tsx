import { DeleteOutlined, PictureOutlined } from '@ant-design/icons';
import { Button, Upload } from 'antd';
import { useTranslation } from 'react-i18next';

import { CameraButton } from './camera';
import css from './people.module.css';

interface Props {
  /** Whether there is one already. */
  has: boolean;
  storing?: boolean;
  removing?: boolean;
  onPhoto: (photo: Blob) => void;
  onRemove: () => void;
}

/** A file, or the camera of this computer. */
export function PhotoPicker({ has, storing, removing, onPhoto, onRemove }: Props) {
  const { t } = useTranslation();
  return (
    <div className={css.photoButtons}>
      <Upload
        accept="image/*"
        showUploadList={false}
        beforeUpload={(file: File) => {
          onPhoto(file);
          return false;
        }}
      >
        <Button icon={<PictureOutlined />} loading={storing}>
          {t(has ? 'photos.change' : 'photos.choose')}
        </Button>
      </Upload>
      <CameraButton onPhoto={onPhoto} disabled={storing} />
      {has && (
        <Button type="text" icon={<DeleteOutlined />} loading={removing} onClick={onRemove}>
          {t('photos.remove')}
        </Button>
      )}
    </div>
  );
}
