import { App, Button, Checkbox } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router-dom';

import type { Person } from '../../api/client';
import { api } from '../../api/client';
import { answerOf } from '../../api/problem';
import { queryClient, usePerson } from '../../api/queries';
import { Avatar } from '../../ui/avatar';
import { Opened } from '../../ui/opened';
import { Failure, Loading, Page } from '../../ui/page';
import { useProblemText } from '../../ui/problem_text';
import { useMay } from '../shell/me_context';
import css from './people.module.css';
import { PersonDid } from './person_did';
import { PersonForm } from './person_form';
import { PersonMay } from './person_may';

export default function PersonPage() {
  const { id } = useParams();
  return id === 'new' ? <NewPerson /> : <KnownPerson key={id} id={id!} />;
}

function NewPerson() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [last, setLast] = useState<Person>();
  const first = { department_id: search.get('department'), card: search.get('card') };
  return (
    <Page title={t('people.new')}>
      <div className={css.narrow}>
        <PersonForm
          key={last?.id}
          start={last ?? first}
          onContinue={setLast}
          onSaved={(person) => navigate(`/people/${person.id}`, { replace: true })}
        />
      </div>
    </Page>
  );
}

function KnownPerson({ id }: { id: string }) {
  const { t } = useTranslation();
  const person = usePerson(id);
  const seesPermissions = useMay('permissions', 'view');
  const seesDoors = useMay('doors', 'view');
  const sees = { doors: seesPermissions && seesDoors, events: useMay('events', 'view') };
  if (person.isPending) return <Page title={t('pages.people')} children={<Loading />} />;
  if (person.error) {
    return (
      <Page title={t('pages.people')}>
        <Failure error={person.error} onRetry={() => void person.refetch()} />
        <p style={{ textAlign: 'center' }}>
          <Link to="/people">{t('pages.people')}</Link>
        </p>
      </Page>
    );
  }
  return (
    <Page
      title={person.data.name}
      note={
        <span className={css.titleNote}>
          <Avatar name={person.data.name} person={id} photo={person.data.photo} size={28} />
          <span className="num">{person.data.user_id}</span>
        </span>
      }
      actions={<Removal person={person.data} />}
    >
      <div className={css.person}>
        <Opened
          now={person.data}
          load={() => answerOf(api.GET('/people/{id}', { params: { path: { id: id } } }))}
        >
          {(opened, reopen) => (
            <PersonForm person={{ ...opened, photo: person.data.photo }} onSaved={reopen} />
          )}
        </Opened>
        <div className={css.form}>
          {sees.doors && <PersonMay person={person.data} />}
          {sees.events && <PersonDid person={person.data} />}
        </div>
      </div>
    </Page>
  );
}

function Removal({ person }: { person: Person }) {
  const { t } = useTranslation();
  const { modal, notification } = App.useApp();
  const navigate = useNavigate();
  const textOf = useProblemText();
  if (!useMay('people', 'edit')) return null;
  const remove = async (personal_data: 'keep' | 'erase') => {
    try {
      await answerOf(
        api.DELETE('/people/{id}', { params: { path: { id: person.id }, query: { personal_data } } }),
      );
      navigate('/people');
      queryClient.removeQueries({ queryKey: ['people', person.id] });
      await queryClient.invalidateQueries();
    } catch (error) {
      notification.error({ message: t('common.failed'), description: textOf(error) });
    }
  };
  return (
    <Button
      danger
      onClick={() => {
        let data: 'keep' | 'erase' = 'keep';
        modal.confirm({
          title: t('people.delete', { name: person.name }),
          content: (
            <>
              <p>{t('people.delete_hint')}</p>
              <Checkbox onChange={({ target }) => (data = target.checked ? 'erase' : 'keep')}>
                {t('former.with_removal')}
              </Checkbox>
            </>
          ),
          okText: t('common.delete'),
          okButtonProps: { danger: true },
          cancelText: t('common.cancel'),
          autoFocusButton: 'cancel',
          onOk: () => remove(data),
        });
      }}
    >
      {t('common.delete')}
    </Button>
  );
}
