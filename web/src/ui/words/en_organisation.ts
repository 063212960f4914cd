// The words of areas and departments.
export const enOrganisation = {
  organisation: {
    areas: {
      add: 'Add an area',
      all: 'All areas',
      empty: 'No area yet',
      hint: 'Add sites and areas to keep the devices of a building together.',
      title: 'Areas',
    },
    departments: {
      add: 'Add a department',
      all: 'All departments',
      empty: 'No department yet',
      hint: 'Add departments to keep people who belong together in one place.',
      title: 'Departments',
    },
    edit: 'Edit {{name}}',
    parent: 'Below',
    remove: 'Delete {{name}}?',
    remove_hint: 'Only what is empty can be deleted: move what is in it first.',
    top: 'At the top',
  },
};
