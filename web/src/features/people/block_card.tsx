import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';

import type { Event } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, usePerson } from '../../api/queries';
import { useProblemText } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';

/** Freezes the card that was shown: it opens nothing until somebody makes it active again. */
export function BlockCard({ event: { card, person: whose } }: { event: Event }) {
  const { t } = useTranslation();
  const { modal, message, notification } = App.useApp();
  const textOf = useProblemText();
  const mayEdit = useMay('people', 'edit');
  const person = usePerson((mayEdit && card !== null && whose?.id) || undefined).data;
  if (!person?.cards.some(({ number, status }) => number === card && status === 'active')) return null;
  const block = async () => {
    const cards = person.cards.map((one) =>
      one.number === card ? { ...one, status: 'frozen' as const } : one,
    );
    const params = { path: { id: person.id } };
    try {
      await answerOf(api.PATCH('/people/{id}', { params, body: { cards, revision: person.revision } }));
      void message.success(t('block_card.done', { card }));
    } catch (error) {
      notification.error({ message: t('common.failed'), description: textOf(error) });
    }
    for (const key of ['people', 'cards', 'issue-states'])
      void queryClient.invalidateQueries({ queryKey: [key] });
  };
  const ask = () =>
    modal.confirm({
      title: t('block_card.ask', { card, name: person.name }),
      content: t('block_card.hint'),
      okText: t('block_card.button'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      autoFocusButton: 'cancel',
      onOk: block,
    });
  return (
    <Button danger onClick={ask}>
      {t('block_card.button')}
    </Button>
  );
}
