import { CameraOutlined } from '@ant-design/icons';
import { Alert, Button, Modal } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import css from './people.module.css';

type Trouble = 'none' | 'refused' | 'busy' | 'insecure';

function troubleOf(error: unknown): Trouble {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  return 'busy';
}

interface Props {
  onPhoto: (photo: Blob) => void;
  disabled?: boolean;
}

/** A photo from the camera of this computer. */
export function CameraButton({ onPhoto, disabled }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={<CameraOutlined />} disabled={disabled} onClick={() => setOpen(true)}>
        {t('camera.snapshot')}
      </Button>
      {open && (
        <Viewfinder
          onClose={() => setOpen(false)}
          onPhoto={(photo) => {
            setOpen(false);
            onPhoto(photo);
          }}
        />
      )}
    </>
  );
}

/** The camera is on while this is shown, and no longer. */
function Viewfinder({ onPhoto, onClose }: { onPhoto: (photo: Blob) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const [seen, setSeen] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let ended = false;
    const end = () => stream?.getTracks().forEach((track) => track.stop());
    const begin = async () => {
      setTrouble(null);
      // Browsers hide cameras from pages that are not encrypted.
      const cameras = navigator.mediaDevices as MediaDevices | undefined;
      if (!cameras) return setTrouble('insecure');
      try {
        stream = await cameras.getUserMedia({
          video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 960 } },
          audio: false,
        });
        if (ended || !video.current) return end();
        video.current.srcObject = stream;
        await video.current.play();
      } catch (error) {
        if (!ended) setTrouble(troubleOf(error));
      }
    };
    void begin();
    return () => {
      ended = true;
      end();
    };
  }, [attempt]);
  const shoot = () => {
    const from = video.current!;
    const canvas = document.createElement('canvas');
    canvas.width = from.videoWidth;
    canvas.height = from.videoHeight;
    canvas.getContext('2d')!.drawImage(from, 0, 0);
    canvas.toBlob((photo) => photo && onPhoto(photo), 'image/jpeg', 0.95);
  };
  return (
    <Modal
      open
      title={t('camera.title')}
      okText={t('camera.shoot')}
      okButtonProps={{ icon: <CameraOutlined />, disabled: !seen || trouble !== null }}
      cancelText={t('common.cancel')}
      onOk={shoot}
      onCancel={onClose}
    >
      {trouble ? (
        <Alert
          type="warning"
          showIcon
          role="alert"
          message={t(`camera.${trouble}`)}
          description={t(`camera.${trouble}_hint`)}
          action={
            <Button size="small" onClick={() => setAttempt(attempt + 1)}>
              {t('camera.again')}
            </Button>
          }
        />
      ) : (
        <video
          ref={video}
          className={css.viewfinder}
          muted
          playsInline
          aria-label={t('camera.title')}
          onPlaying={() => setSeen(true)}
        />
      )}
    </Modal>
  );
}
