// The words of cards.
export const enPeople = {
  card_statuses: {
    active: 'Active',
    lost: 'Lost',
    frozen: 'Frozen',
    cancelled: 'Cancelled',
    returned: 'Returned',
  },
  cards: {
    all: 'Any state',
    history: 'Who had it, and when',
    holder: 'Who has it',
    nobody: 'Nobody',
    none: 'No card yet',
    none_hint: 'Cards appear here when they are given to somebody.',
    no_match: 'No card matches',
    no_match_hint: 'The search looks at numbers, names and user IDs.',
    outside: 'Somebody outside of your part of the site',
    person: 'Show the person',
    removed: 'A person who was removed ({{user_id}})',
    returns: 'A card that you take out of the list is returned: it opens nothing, and may be given to somebody else.',
    search: 'Number, name or user ID',
    since: 'Since',
    status: 'State',
    view_cards: 'Cards',
    view_people: 'People',
  },
};
